using Modus.Testing.Dns;
using Modus.Delivery.Authentication;
using Modus.Delivery.Authentication.Dkim;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Dkim;

/// <summary>The signed message of RFC 8463 appendix A.</summary>
public sealed class DkimExampleTests
{
    private const string Signatures =
        """
        DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=brisbane; t=1528637909; h=from : to :
         subject : date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
         Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=test; t=1528637909; h=from : to : subject :
         date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
         DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
         dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=

        """;

    private static FakeZone Zone => new FakeZone()
        .Text("brisbane._domainkey.football.example.com", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
        .Text(
            "test._domainkey.football.example.com",
            "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzC"
            + "Nb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB");

    [Fact]
    public async Task Both_signatures_of_the_example_verify()
    {
        var results = await TestMessage.VerifyAsync(TestMessage.Bytes(Signatures + TestMessage.Football), Zone);

        Assert.Equal([AuthenticationOutcome.Pass, AuthenticationOutcome.Pass], results.Select(result => result.Outcome));
        Assert.Equal([SignatureAlgorithm.Ed25519Sha256, SignatureAlgorithm.RsaSha256], results.Select(result => result.Algorithm!.Value));
        Assert.All(results, result => Assert.Equal("football.example.com", result.Domain!.Value.Name));
        Assert.Equal(["/gCrinpc", "F45dVWDf"], results.Select(result => result.SignatureStart));
    }

    [Theory]
    [InlineData("Subject: Is dinner ready?", "Subject: is dinner ready?", "the signature does not fit the header")]
    [InlineData("We lost the game.", "We won the game.", "the body was changed")]
    [InlineData("To: Suzie", "From: Eve <eve@evil.example>\nTo: Suzie", "the signature does not fit the header")]
    public async Task A_changed_message_fails(string what, string instead, string reason)
    {
        var message = TestMessage.Bytes(Signatures + TestMessage.Football.Replace(what, instead, StringComparison.Ordinal));

        var results = await TestMessage.VerifyAsync(message, Zone);

        Assert.All(results, result => Assert.Equal((AuthenticationOutcome.Fail, reason), (result.Outcome, result.Reason)));
    }

    [Theory]
    [InlineData("Subject: Is dinner ready?", "SUBJECT :   Is\n\t dinner  ready?  ")]
    [InlineData("We lost the game.  Are", "We lost the game.\t Are")]
    [InlineData("Joe.\n", "Joe. \n\n \n\n")]
    public async Task White_space_may_change(string what, string instead)
    {
        var message = TestMessage.Bytes(Signatures + TestMessage.Football.Replace(what, instead, StringComparison.Ordinal));

        Assert.All(await TestMessage.VerifyAsync(message, Zone), result => Assert.Equal(AuthenticationOutcome.Pass, result.Outcome));
    }
}
