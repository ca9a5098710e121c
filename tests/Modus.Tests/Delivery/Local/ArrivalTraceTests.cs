using System.Net;
using Modus.Delivery.Local;
using Modus.Protocols.Smtp;
using Modus.Testing.Wire;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.Local;

public sealed class ArrivalTraceTests
{
    [Theory]
    [InlineData(null, "not", "listener")]
    [InlineData(PeerLevel.May, "not", "peer rule partner")]
    [InlineData(PeerLevel.Encrypt, "not", "peer rule partner")]
    [InlineData(PeerLevel.Verify, "webpki", "peer rule partner")]
    [InlineData(PeerLevel.Pin, "pin", "peer rule partner")]
    public void A_receipt_names_the_rule_that_the_client_fulfils_and_how_it_is_verified(PeerLevel? level, string verified, string policy)
    {
        var rule = level is { } demanded ? ScriptedPeers.Rule(demanded) : null;
        var receipt = ArrivalTrace.ReceiptOf(new SmtpPeer(SmtpProfile.Relay, IPAddress.Loopback, "client.test", ScriptedPeers.Session(showsKey: true), null) { Rule = rule });
        Assert.Equal((verified, policy), (receipt.Verified, receipt.Policy));
        Assert.Equal(("client.test", ScriptedPeers.ClientKey), (receipt.PeerName, receipt.PeerKey));
    }
}
