using System.Globalization;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Remote;

namespace Modus.Server.Cli;

/// <summary>Next hops, for people.</summary>
internal static class DestinationText
{
    public static string Moment(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>What stands out of a row.</summary>
    public static string Note(HopRecord row) => row switch
    {
        { PinnedKey: not null } => "pinned",
        { State: HopState.Broken, BrokenUntil: { } until } => $"TLS broke ({row.BreakText}); not tried before {Moment(until)}",
        { DowngradedAt: { } at } => $"came without TLS on {Moment(at)}",
        _ => "",
    };

    public static void Write(TextWriter output, HopRecord row)
    {
        output.WriteLine($"{row.Hop}: {$"{row.State}".ToLowerInvariant()}");
        output.WriteLine($"  seen          {Moment(row.FirstSeen)} to {Moment(row.LastSeen)}, {row.Sessions} sessions, {row.Encrypted} of them encrypted");
        output.WriteLine($"  TLS           {(row.TlsLast is { } last ? $"on {row.TlsDays} days, from {row.TlsFirst:yyyy-MM-dd} to {Moment(last)}" : "never")}");
        output.WriteLine($"  at last       {Join(row.Protocol, row.CipherSuite, row.Group)}");
        output.WriteLine($"  its key       {row.PeerKey ?? "-"}");
        output.WriteLine($"  pinned key    {row.PinnedKey ?? "-"}");
        output.WriteLine($"  broke         {(row.BrokenAt is { } at ? $"{Moment(at)}, {row.Break}: {row.BreakText}" : "never")}");
        if (row.BrokenUntil is { } until) output.WriteLine($"  not tried     before {Moment(until)} ({row.Breaks} breaks in a row)");
        if (row.DowngradedAt is { } downgraded) output.WriteLine($"  ALARM         came without TLS on {Moment(downgraded)}");
    }

    public static void Write(TextWriter output, HopFinding finding)
    {
        output.WriteLine($"{finding.Address}: {(finding.Reason is null ? $"answers as {finding.ServerName}" : $"{finding.Outcome}: {finding.Reason}")}");
        if (finding.Reply is not null) output.WriteLine($"  it said       {finding.Reply}");
        if (finding.Reason is not null) return;
        output.WriteLine($"  TLS           {(finding.Protocol is null ? "none" : Join(finding.Protocol, finding.CipherSuite, finding.Group))}");
        if (finding.Protocol is not null)
        {
            output.WriteLine($"  certificate   {finding.Certificate}, until {(finding.CertificateUntil is { } until ? Moment(until) : "-")}");
            output.WriteLine($"  verified      {(finding.IsVerified ? "yes, for the name of the host" : $"no: {finding.VerificationFault}")}");
            output.WriteLine($"  its key       {finding.PeerKey}");
        }

        output.WriteLine($"  it offers     {string.Join(", ", finding.Offers ?? [])}");
    }

    private static string Join(params string?[] words) => string.Join(' ', words.Where(static word => word is not null)) is { Length: > 0 } text ? text : "-";
}
