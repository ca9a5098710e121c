namespace Modus.EndToEnd.Tests;

/// <summary>The folder of the repository, which the tests run from inside.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Modus.Kestrel.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("The tests run from inside the repository.");
    }
}
