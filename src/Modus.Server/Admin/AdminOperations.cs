using Modus.Server.Admin.Operations;

namespace Modus.Server.Admin;

/// <summary>Every operation there is.</summary>
internal static class AdminOperations
{
    public static readonly AddDomain AddDomain = new();
    public static readonly ListDomains ListDomains = new();
    public static readonly SetCatchAll SetCatchAll = new();
    public static readonly RemoveDomain RemoveDomain = new();
    public static readonly AddAccount AddAccount = new();
    public static readonly ListAccounts ListAccounts = new();
    public static readonly ChangeAccount ChangeAccount = new();
    public static readonly RemoveAccount RemoveAccount = new();
    public static readonly ChangeCapabilities ChangeCapabilities = new();
    public static readonly AddAlias AddAlias = new();
    public static readonly ListAliases ListAliases = new();
    public static readonly RemoveAlias RemoveAlias = new();
    public static readonly ListQueue ListQueue = new();
    public static readonly ChangeQueue ChangeQueue = new();
    public static readonly TraceQueue TraceQueue = new();
    public static readonly ListHops ListHops = new();
    public static readonly ChangeHop ChangeHop = new();
    public static readonly ShowHop ShowHop = new();
    public static readonly ProbeHop ProbeHop = new();
    public static readonly SetRoute SetRoute = new();
    public static readonly ListRoutes ListRoutes = new();
    public static readonly RemoveRoute RemoveRoute = new();
    public static readonly AllowEtrn AllowEtrn = new();
    public static readonly ListEtrn ListEtrn = new();
    public static readonly DenyEtrn DenyEtrn = new();
    public static readonly AddPeer AddPeer = new();
    public static readonly RehearsePeer RehearsePeer = new();
    public static readonly ListPeers ListPeers = new();
    public static readonly TestPeer TestPeer = new();
    public static readonly RemovePeer RemovePeer = new();
    public static readonly InviteVpn InviteVpn = new();
    public static readonly JoinVpn JoinVpn = new();
    public static readonly AddVpn AddVpn = new();
    public static readonly ListVpn ListVpn = new();
    public static readonly ShowVpn ShowVpn = new();
    public static readonly LeaveVpn LeaveVpn = new();
    public static readonly RotateVpn RotateVpn = new();
    public static readonly VerifyStore VerifyStore = new();
    public static readonly CompactStore CompactStore = new();
    public static readonly ExplainTls ExplainTls = new();
    public static readonly PublishSts PublishSts = new();
    public static readonly ListSts ListSts = new();
    public static readonly RemoveSts RemoveSts = new();
    public static readonly ListTlsReports ListTlsReports = new();
    public static readonly ShowTlsReport ShowTlsReport = new();
    public static readonly SetTlsReportAddress SetTlsReportAddress = new();
    public static readonly ReportTravel ReportTravel = new();

    public static readonly CreateDkimKeys CreateDkimKeys = new();
    public static readonly ListDkimKeys ListDkimKeys = new();
    public static readonly RotateDkimKeys RotateDkimKeys = new();
    public static readonly RetireDkimKey RetireDkimKey = new();
    public static readonly CheckDkimKeys CheckDkimKeys = new();
    public static readonly AddDmarcException AddDmarcException = new();
    public static readonly ListDmarcExceptions ListDmarcExceptions = new();
    public static readonly RemoveDmarcException RemoveDmarcException = new();

    public static readonly ImportCertificate ImportCertificate = new();
    public static readonly CheckCertificate CheckCertificate = new();
    public static readonly BindCertificate BindCertificate = new();
    public static readonly RemoveCertificate RemoveCertificate = new();
    public static readonly RequestCertificate RequestCertificate = new();
    public static readonly SelfSignCertificate SelfSignCertificate = new();
    public static readonly ListCertificates ListCertificates = new();
    public static readonly CreateAuthority CreateAuthority = new();
    public static readonly IssueCertificate IssueCertificate = new();
    public static readonly ListAuthorities ListAuthorities = new();

    public static readonly AddAcmeAccount AddAcmeAccount = new();
    public static readonly ListAcmeAccounts ListAcmeAccounts = new();
    public static readonly RemoveAcmeAccount RemoveAcmeAccount = new();
    public static readonly AddAcme AddAcme = new();
    public static readonly ListAcme ListAcme = new();
    public static readonly RenewAcme RenewAcme = new();
    public static readonly RemoveAcme RemoveAcme = new();

    public static readonly GetSettings GetSettings = new();
    public static readonly ChangeSetting ChangeSetting = new();
    public static readonly ListSettingChanges ListSettingChanges = new();
    public static readonly ExportInstallation ExportInstallation = new();
    public static readonly ImportInstallation ImportInstallation = new();
    public static readonly RollBackChange RollBackChange = new();

    public static readonly ListMailboxes ListMailboxes = new();
    public static readonly ListMail ListMail = new();
    public static readonly ReadContent ReadContent = new();
    public static readonly BeginImport BeginImport = new();
    public static readonly OpenImportMailbox OpenImportMailbox = new();
    public static readonly ListKnownMail ListKnownMail = new();
    public static readonly ReadImapProgress ReadImapProgress = new();
    public static readonly WriteImapProgress WriteImapProgress = new();
    public static readonly TakeMail TakeMail = new();

    public static readonly ShowServer ShowServer = new();
    public static readonly BeginHold BeginHold = new();
    public static readonly RenewHold RenewHold = new();
    public static readonly EndHold EndHold = new();

    public static readonly ShowAutoconfig ShowAutoconfig = new();
    public static readonly ListAutoconfigRecords ListAutoconfigRecords = new();

    public static IReadOnlyDictionary<string, AdminOperation> ByName { get; } = new AdminOperation[]
    {
        AddDomain, ListDomains, SetCatchAll, RemoveDomain, AddAccount, ListAccounts, ChangeAccount, RemoveAccount,
        ChangeCapabilities, AddAlias, ListAliases, RemoveAlias, ListQueue, ChangeQueue, TraceQueue, ListHops, ChangeHop, ShowHop, ProbeHop,
        SetRoute, ListRoutes, RemoveRoute, AllowEtrn, ListEtrn, DenyEtrn,
        AddPeer, RehearsePeer, ListPeers, TestPeer, RemovePeer, VerifyStore, CompactStore, ExplainTls,
        InviteVpn, JoinVpn, AddVpn, ListVpn, ShowVpn, LeaveVpn, RotateVpn,
        PublishSts, ListSts, RemoveSts, ListTlsReports, ShowTlsReport, SetTlsReportAddress,
        ReportTravel,
        CreateDkimKeys, ListDkimKeys, RotateDkimKeys, RetireDkimKey, CheckDkimKeys, AddDmarcException, ListDmarcExceptions, RemoveDmarcException,
        ImportCertificate, CheckCertificate, BindCertificate, RemoveCertificate, RequestCertificate, SelfSignCertificate, ListCertificates,
        CreateAuthority, IssueCertificate, ListAuthorities,
        AddAcmeAccount, ListAcmeAccounts, RemoveAcmeAccount, AddAcme, ListAcme, RenewAcme, RemoveAcme,
        GetSettings, ChangeSetting, ListSettingChanges,
        ExportInstallation, ImportInstallation, RollBackChange,
        ListMailboxes, ListMail, ReadContent,
        ShowServer,
        BeginHold, RenewHold, EndHold,
        BeginImport, OpenImportMailbox, ListKnownMail, ReadImapProgress, WriteImapProgress,
        ShowAutoconfig, ListAutoconfigRecords,
    }.ToDictionary(operation => operation.Name, StringComparer.Ordinal);

    /// <summary>Those that take a stream.</summary>
    public static IReadOnlyDictionary<string, AdminUpload> Uploads { get; } =
        new AdminUpload[] { TakeMail }.ToDictionary(upload => upload.Name, StringComparer.Ordinal);
}
