using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Peers;
using Modus.Delivery.Remote;
using Modus.Delivery.TlsReports;
using Modus.Delivery.Vpn;
using Modus.Delivery.Receipts;
using Modus.Server.Admin.Operations;
using Modus.Server.Moving;
using Modus.Tls;

namespace Modus.Server.Admin;

/// <summary>The JSON of the admin socket and of <c>--json</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    Converters = [typeof(NetworkJson)],
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true)]
[JsonSerializable(typeof(DomainRow))]
[JsonSerializable(typeof(DomainName))]
[JsonSerializable(typeof(OptionalDomain))]
[JsonSerializable(typeof(NewAccountRow))]
[JsonSerializable(typeof(AccountChangeRow))]
[JsonSerializable(typeof(CapabilityChangeRow))]
[JsonSerializable(typeof(AddressName))]
[JsonSerializable(typeof(AliasRow))]
[JsonSerializable(typeof(QueueQuery))]
[JsonSerializable(typeof(QueueChange))]
[JsonSerializable(typeof(QueueTraceQuery))]
[JsonSerializable(typeof(HopQuery))]
[JsonSerializable(typeof(HopChange))]
[JsonSerializable(typeof(PeerWish))]
[JsonSerializable(typeof(PeerName))]
[JsonSerializable(typeof(PeerQuestion))]
[JsonSerializable(typeof(RehearsalWish))]
[JsonSerializable(typeof(AdminReply<RehearsalReport>))]
[JsonSerializable(typeof(AdminReply<PeerRule[]>))]
[JsonSerializable(typeof(AdminReply<PeerAnswer[]>))]
[JsonSerializable(typeof(DkimWish))]
[JsonSerializable(typeof(DkimName))]
[JsonSerializable(typeof(AdminReply<DkimRow[]>))]
[JsonSerializable(typeof(AdminReply<DkimFinding[]>))]
[JsonSerializable(typeof(DmarcExceptionRow))]
[JsonSerializable(typeof(AdminReply<DmarcExceptionRow[]>))]
[JsonSerializable(typeof(VpnInviteWish))]
[JsonSerializable(typeof(VpnJoinWish))]
[JsonSerializable(typeof(VpnAddWish))]
[JsonSerializable(typeof(VpnRotateWish))]
[JsonSerializable(typeof(VpnName))]
[JsonSerializable(typeof(AdminReply<VpnInvited>))]
[JsonSerializable(typeof(AdminReply<VpnJoined>))]
[JsonSerializable(typeof(AdminReply<VpnPartner[]>))]
[JsonSerializable(typeof(AdminReply<VpnPartner>))]
[JsonSerializable(typeof(AdminReply<VpnTold[]>))]
[JsonSerializable(typeof(HopName))]
[JsonSerializable(typeof(MailRoute))]
[JsonSerializable(typeof(AdminReply<TraceRow[]>))]
[JsonSerializable(typeof(AdminReply<HopRecord[]>))]
[JsonSerializable(typeof(AdminReply<HopRecord>))]
[JsonSerializable(typeof(AdminReply<HopFinding[]>))]
[JsonSerializable(typeof(AdminReply<MailRoute[]>))]
[JsonSerializable(typeof(NoParameters))]
[JsonSerializable(typeof(EtrnNode))]
[JsonSerializable(typeof(EtrnRow))]
[JsonSerializable(typeof(AdminReply<EtrnRow>))]
[JsonSerializable(typeof(AdminReply<EtrnRow[]>))]
[JsonSerializable(typeof(TravelQuery))]
[JsonSerializable(typeof(AdminReply<TravelReport>))]
[JsonSerializable(typeof(ExplainTlsQuery))]
[JsonSerializable(typeof(TlsReportQuery))]
[JsonSerializable(typeof(TlsReportKey))]
[JsonSerializable(typeof(TlsReportAddressWish))]
[JsonSerializable(typeof(AdminReply<TlsReportLine[]>))]
[JsonSerializable(typeof(AdminReply<TlsReportRow>))]
[JsonSerializable(typeof(AdminReply<TlsReportAddressRow>))]
[JsonSerializable(typeof(StsWish))]
[JsonSerializable(typeof(AdminReply<StsRow>))]
[JsonSerializable(typeof(AdminReply<StsRow[]>))]
[JsonSerializable(typeof(AdminReply<ExplainTlsRow>))]
[JsonSerializable(typeof(CertificateWish))]
[JsonSerializable(typeof(CertificateBindWish))]
[JsonSerializable(typeof(CertificateRemoval))]
[JsonSerializable(typeof(CertificateRequestWish))]
[JsonSerializable(typeof(SelfSignedWish))]
[JsonSerializable(typeof(CertificateQuery))]
[JsonSerializable(typeof(AdminReply<CertificatePutRow>))]
[JsonSerializable(typeof(AdminReply<CertificateCheckRow>))]
[JsonSerializable(typeof(AdminReply<CertificateRequestRow>))]
[JsonSerializable(typeof(AdminReply<CertificateListRow>))]
[JsonSerializable(typeof(AuthorityWish))]
[JsonSerializable(typeof(IssueWish))]
[JsonSerializable(typeof(AuthorityQuery))]
[JsonSerializable(typeof(AdminReply<IssuedRow>))]
[JsonSerializable(typeof(AdminReply<AuthorityRow[]>))]
[JsonSerializable(typeof(AdminReply<Done>))]
[JsonSerializable(typeof(AdminReply<DomainRow[]>))]
[JsonSerializable(typeof(AdminReply<AccountRow[]>))]
[JsonSerializable(typeof(AdminReply<CapabilityRow[]>))]
[JsonSerializable(typeof(AdminReply<AliasRow[]>))]
[JsonSerializable(typeof(AdminReply<QueueRow[]>))]
[JsonSerializable(typeof(AdminReply<VerifyRow>))]
[JsonSerializable(typeof(AdminReply<CompactRow>))]
[JsonSerializable(typeof(SettingQuery))]
[JsonSerializable(typeof(SettingWish))]
[JsonSerializable(typeof(SettingJournalQuery))]
[JsonSerializable(typeof(AdminReply<SettingRow[]>))]
[JsonSerializable(typeof(AdminReply<SettingChangeRow[]>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(MailQuery))]
[JsonSerializable(typeof(ContentQuery))]
[JsonSerializable(typeof(AdminReply<MailboxRow[]>))]
[JsonSerializable(typeof(AdminReply<MailRow[]>))]
[JsonSerializable(typeof(AdminReply<ContentBytes[]>))]
[JsonSerializable(typeof(AdminReply<ExportReport>))]
[JsonSerializable(typeof(AdminReply<ServerRow>))]
[JsonSerializable(typeof(AutoconfigQuery))]
[JsonSerializable(typeof(AdminReply<AutoconfigRow>))]
[JsonSerializable(typeof(AdminReply<AutoconfigRecords>))]
internal sealed partial class AdminJson : JsonSerializerContext
{
    /// <summary>The same for a terminal or a script: <c>&lt;</c> and umlauts stay as they are.</summary>
    public static AdminJson ForPeople => Relaxed.Context;

    // A class of its own, so that Default is there when this is made.
    private static class Relaxed
    {
        public static readonly AdminJson Context =
            new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
