using System.Text;
using Modus.Protocols.Sasl.Client;
using Xunit;

namespace Modus.Tests.Sasl.Client;

public sealed class SaslClientTests
{
    private const string ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private static readonly ChannelBinding Binding = new("tls-exporter", [1, 2, 3]);

    [Fact]
    public void The_example_of_RFC_7677_goes_as_printed()
    {
        using var client = Scram();
        Assert.Equal("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", Encoding.UTF8.GetString(client.Begin()!));
        Assert.Equal(
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            Answer(client, ServerFirst));
        Assert.False(client.TrustsServer);
        Assert.Equal("", Answer(client, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        Assert.True(client.TrustsServer);
    }

    [Theory]
    [InlineData("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=")]
    [InlineData("v=AAAA")]
    [InlineData("v=")]
    [InlineData("e=other-error")]
    [InlineData("")]
    public void A_server_that_does_not_know_the_password_is_not_trusted(string final)
    {
        using var client = Scram();
        client.Begin();
        Answer(client, ServerFirst);
        Assert.Null(Answer(client, final));
        Assert.False(client.TrustsServer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]                              // not our nonce
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]              // nothing of its own
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=?,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1")]                // soon guessed
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2147483647")]      // our processor
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==")]
    [InlineData("m=ext,r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]       // RFC 5802 §5.1: unknown and mandatory
    public void A_challenge_that_is_none_gets_no_answer(string challenge)
    {
        using var client = Scram();
        client.Begin();
        Assert.Null(Answer(client, challenge));
    }

    [Theory]
    [InlineData("LOGIN PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS", true, "SCRAM-SHA-256-PLUS")]
    [InlineData("LOGIN PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS", false, "SCRAM-SHA-256")]
    [InlineData("login plain scram-sha-256", true, "SCRAM-SHA-256")]
    [InlineData("LOGIN PLAIN", true, "PLAIN")]
    [InlineData("LOGIN CRAM-MD5", true, "LOGIN")]
    [InlineData("CRAM-MD5 NTLM", true, null)]
    [InlineData("", true, null)]
    public void The_best_mechanism_in_common_is_chosen(string offered, bool canBind, string? chosen)
    {
        using var client = SaslClient.Choose(offered.Split(' '), "user", "pencil"u8.ToArray(), canBind ? Binding : null);
        Assert.Equal(chosen, client?.Mechanism);
    }

    [Fact]
    public void The_header_says_whether_we_bind_or_could()
    {
        Assert.StartsWith("p=tls-exporter,,n=", First("SCRAM-SHA-256-PLUS"));
        Assert.StartsWith("y,,n=", First("SCRAM-SHA-256"));

        static string First(string mechanism)
        {
            using var client = SaslClient.Choose([mechanism], "a=b,c", "pencil"u8.ToArray(), Binding)!;
            var first = Encoding.UTF8.GetString(client.Begin()!);
            Assert.Contains(",n=a=3Db=2Cc,r=", first, StringComparison.Ordinal);
            return first;
        }
    }

    [Fact]
    public void LOGIN_says_the_password_only_when_asked_twice()
    {
        using var client = new LoginClient("user", "pencil"u8.ToArray());
        Assert.Null(client.Begin());
        Assert.Equal(["user", "pencil", null], new[] { "Username:", "Password:", "Password:" }.Select(challenge => Answer(client, challenge)));
    }

    [Fact]
    public void PLAIN_says_all_at_once_and_nothing_more()
    {
        using var client = new PlainClient("ü", "pencil"u8.ToArray());
        Assert.Equal("\0ü\0pencil", Encoding.UTF8.GetString(client.Begin()!));
        Assert.Null(Answer(client, ""));
    }

    private static ScramClient Scram() => new("user", "pencil"u8.ToArray(), null, isPlus: false) { Nonce = "rOprNGfwEbeRWgbNEkqO" };

    private static string? Answer(SaslClient client, string challenge) =>
        client.TryAnswer(Encoding.UTF8.GetBytes(challenge), out var response) ? Encoding.UTF8.GetString(response) : null;
}
