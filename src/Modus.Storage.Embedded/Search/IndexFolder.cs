using System.Globalization;

namespace Modus.Storage.Embedded.Search;

/// <summary>The index files: one for each account, so that a search costs what the account has and not what the server has.</summary>
internal sealed class IndexFolder(string path)
{
    private const string Extension = ".db";

    public string FileOf(AccountId account) => Path.Combine(path, NameOf(account));

    public bool Has(AccountId account) => File.Exists(FileOf(account));

    /// <summary>Every account that has an index.</summary>
    public IReadOnlyList<AccountId> List()
    {
        var found = new List<AccountId>();
        foreach (var file in new DirectoryInfo(path).EnumerateFiles("*" + Extension))
        {
            // Exactly the names made here: what a person put beside them is none of ours.
            if (long.TryParse(Path.GetFileNameWithoutExtension(file.Name), CultureInfo.InvariantCulture, out var id)
                && file.Name == NameOf(new AccountId(id))) found.Add(new AccountId(id));
        }

        return found;
    }

    /// <summary>Deletes an index that nobody has open.</summary>
    public void Delete(AccountId account)
    {
        var file = FileOf(account);
        File.Delete(file); // first: without it SQLite takes no notice of the others
        File.Delete(file + "-wal");
        File.Delete(file + "-shm");
    }

    private static string NameOf(AccountId account) => account.Value.ToString("D12", CultureInfo.InvariantCulture) + Extension;
}
