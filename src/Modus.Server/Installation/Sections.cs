using Modus.Server.Installation.Subject;

namespace Modus.Server.Installation;

/// <summary>Every list of the document, in its order.</summary>
internal static class Sections
{
    public static readonly Section Settings = new SettingSection();
    public static readonly Section Domains = new DomainSection();
    public static readonly Section Accounts = new AccountSection();
    public static readonly Section Aliases = new AliasSection();
    public static readonly Section Partners = new PartnerSection();
    public static readonly Section Dkim = new DkimSection();
    public static readonly Section AcmeAccounts = new AcmeAccountSection();
    public static readonly Section Acme = new AcmeSection();

    public static IReadOnlyList<Section> All { get; } =
    [
        Settings, Domains, Accounts, Aliases, new RouteSection(), new PeerSection(), Partners, new VpnIdentitySection(), new EtrnSection(),
        new StsSection(), new TlsReportSection(), new DmarcExceptionSection(), Dkim, new PinSection(), new CertificateSection(),
        AcmeAccounts, Acme,
    ];
}
