using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Mail.Addresses;
using Modus.Server.Acme;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Makes an account, whose key stays here; the authority hears of it with the first order.</summary>
internal sealed class AddAcmeAccount() : AdminOperation<AcmeAccountWish, Done>("acme-account-add", AdminJson.Default.AcmeAccountWish, AdminJson.Default.AdminReplyDone)
{
    private const int MaxContacts = 10; // authorities take a few
    private const int MaxKeyId = 1000;

    /// <summary>Authorities that have a name.</summary>
    public static readonly IReadOnlyDictionary<string, string> Known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["letsencrypt"] = "https://acme-v02.api.letsencrypt.org/directory",
        ["letsencrypt-staging"] = "https://acme-staging-v02.api.letsencrypt.org/directory",
    };

    public override async ValueTask<AdminReply<Done>> RunAsync(AcmeAccountWish request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!ManagedName.IsValid(request.Name)) return AdminFault.Invalid($"'{request.Name}' is no name for an account: take lower-case letters, digits, dots, hyphens and underscores.");
        var text = Known.GetValueOrDefault(request.Directory, request.Directory);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var directory) || directory.Scheme != Uri.UriSchemeHttps)
            return AdminFault.Invalid($"'{request.Directory}' is no directory: write its https URL, or one of {string.Join(", ", Known.Keys)}.");
        if (!request.Agrees)
            return AdminFault.Invalid("Authorities issue to nobody who has not agreed to their terms: read them (they are named in its directory and on its pages), and give --agree.");
        if (request.Contacts.Length > MaxContacts) return AdminFault.Invalid($"{MaxContacts} contacts are enough.");
        if (request.Contacts.FirstOrDefault(static contact => !EmailAddress.TryParse(contact, out _)) is { } wrong) return AdminFault.Invalid($"'{wrong}' is no e-mail address.");
        if (FindFault(request) is { } fault) return fault;

        var store = new AcmeStore(ports.Settings, ports.Records, TimeProvider.System);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var outcome = await store.AddAccountAsync(
            new StoredAcmeAccount
            {
                Name = request.Name, Directory = directory, Key = key.ExportPkcs8PrivateKey(), AgreesToTerms = true, Since = TimeProvider.System.GetUtcNow(),
                Contacts = [.. request.Contacts.Select(static contact => $"mailto:{contact}")], Roots = request.RootsPem,
                ExternalKeyId = request.ExternalKeyId, ExternalKey = request.ExternalKey is { } mac ? Base64Url.DecodeFromChars(mac.TrimEnd('=')) : null,
            },
            cancellationToken);
        return outcome switch
        {
            StoreOutcome.Done => new Done($"The account {request.Name} at {directory} is made; its key stays here. Obtain a certificate: `modus cert acme add HOST`."),
            StoreOutcome.TooMany => new AdminFault(AdminFaultKind.NotAllowed, $"There are {AcmeStore.MaxAccounts} accounts already."),
            _ => AdminFault.From(outcome, $"The account {request.Name}"),
        };
    }

    private static AdminFault? FindFault(AcmeAccountWish request)
    {
        if (request.ExternalKeyId is null != request.ExternalKey is null)
            return AdminFault.Invalid("An account outside ACME has a key identifier and a MAC key: give --eab-key-id and --eab-key-file.");
        if (request.ExternalKeyId?.Length > MaxKeyId) return AdminFault.Invalid("That is no key identifier: it is too long.");
        if (request.ExternalKey is { } key && (key.Length < 16 || !Base64Url.IsValid(key)))
            return AdminFault.Invalid("The MAC key is not base64url of some length: copy it as the authority shows it.");
        if (request.RootsPem is not { } pem) return null;
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPem(pem);
            return roots.Count > 0 ? null : AdminFault.Invalid("There is no certificate in the file of --root (PEM).");
        }
        catch (CryptographicException unreadable)
        {
            return AdminFault.Invalid($"The file of --root cannot be read: {unreadable.Message}");
        }
        finally
        {
            foreach (var root in roots) root.Dispose();
        }
    }
}

/// <summary>Lists the accounts.</summary>
internal sealed class ListAcmeAccounts()
    : AdminOperation<NoParameters, AcmeAccountRow[]>("acme-account-list", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyAcmeAccountRowArray)
{
    public override async ValueTask<AdminReply<AcmeAccountRow[]>> RunAsync(NoParameters request, AdminPorts ports, CancellationToken cancellationToken) =>
        (await new AcmeStore(ports.Settings, ports.Records, TimeProvider.System).ListAccountsAsync(cancellationToken))
            .Select(static account => new AcmeAccountRow(
                account.Name,
                account.Directory.AbsoluteUri,
                [.. account.Contacts.Select(static contact => contact.Replace("mailto:", "", StringComparison.Ordinal))],
                account.ExternalKeyId,
                account.Roots is not null,
                account.Since))
            .ToArray();
}

/// <summary>Forgets an account with its key.</summary>
internal sealed class RemoveAcmeAccount() : AdminOperation<AcmeName, Done>("acme-account-remove", AdminJson.Default.AcmeName, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(AcmeName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var store = new AcmeStore(ports.Settings, ports.Records, TimeProvider.System);
        var users = (await store.ListAsync(cancellationToken)).Where(plan => plan.Account == request.Name).Select(static plan => plan.Name).ToArray();
        if (users.Length > 0)
            return new AdminFault(AdminFaultKind.NotAllowed, $"The account {request.Name} renews {string.Join(", ", users)}: remove these first (`modus cert acme remove NAME`), or give them another account.");
        return await store.RemoveAccountAsync(request.Name, cancellationToken) == StoreOutcome.Done
            ? new Done($"The account {request.Name} is forgotten with its key. At the authority it stays.")
            : AdminFault.NotFound($"There is no account {request.Name}. `modus cert acme account list` shows those there are.");
    }
}
