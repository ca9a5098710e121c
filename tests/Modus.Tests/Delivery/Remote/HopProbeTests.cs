using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;
using Modus.Delivery.Remote;
using Modus.Protocols.Smtp.Client;
using Xunit;

namespace Modus.Tests.Delivery.Remote;

/// <summary>What a probe says, and what it changes.</summary>
public sealed class HopProbeTests
{
    private const string Hop = "mx1.example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certificate_for_the_name_is_told_from_one_for_another()
    {
        await using var room = await OutboundRoom.OpenAsync();

        var good = Assert.Single(await room.Probe.ProbeAsync(Hop, 25, Cancel));
        room.Mx1.Names = ["other.test"];
        var bad = Assert.Single(await room.Probe.ProbeAsync(Hop, 25, Cancel));

        Assert.Equal(("TLS1.3", "aa", true, null), (good.Protocol, good.PeerKey, good.IsVerified, good.VerificationFault));
        Assert.Equal(("TLS1.3", "aa", false, "the certificate is another's"), (bad.Protocol, bad.PeerKey, bad.IsVerified, bad.VerificationFault));
        Assert.Empty(room.Mx1.Taken);
    }

    [Fact]
    public async Task A_probe_that_meets_TLS_ends_the_memory_of_a_break()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { TransactionsPerConnection = 1 });
        room.Mx1.TlsFails = SmtpOpenOutcome.TlsAlert;
        await room.SendAsync();

        Assert.Equal("TlsAlert", Assert.Single(await room.Probe.ProbeAsync(Hop, 25, Cancel)).Outcome);
        Assert.Equal(HopState.Broken, (await room.RememberedAsync())!.State);
        room.Mx1.TlsFails = null;
        await room.Probe.ProbeAsync(Hop, 25, Cancel);
        Assert.Equal(HopState.Tls, (await room.RememberedAsync())!.State);
    }

    [Fact]
    public async Task A_host_that_is_down_and_one_without_an_address_are_said_to_be()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.IsDown = true;
        Assert.Equal("connection refused", Assert.Single(await room.Probe.ProbeAsync(Hop, 25, Cancel)).Reason);
        Assert.Empty(await room.Probe.ProbeAsync("nowhere.test", 25, Cancel));
        Assert.Null(await room.RememberedAsync());
    }
}
