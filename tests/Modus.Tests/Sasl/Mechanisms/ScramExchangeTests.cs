using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Modus.Protocols.Sasl;
using Modus.Protocols.Sasl.Mechanisms;
using Modus.Protocols.Sasl.Passwords;
using Modus.Protocols.Sasl.Throttling;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Sasl.Mechanisms;

public sealed class ScramExchangeTests : IDisposable
{
    private readonly SaslRoom _room = new(options => options.FailuresPerAddress = options.FailuresPerAccount = int.MaxValue);

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task The_example_of_RFC_7677_goes_as_printed()
    {
        var verifier = ScramVerifierFactory.Derive("pencil"u8, Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
        var source = new OneUser(new IdentityRecord(SaslRoom.User, verifier, true));
        var options = new SaslOptions();
        var clock = new FakeTimeProvider();
        var gate = new LoginGate(source, new DecoyVerifier(default), new LoginThrottle(options, clock), _room);
        using var exchange = new ScramExchange(gate, _room.Tls, isPlus: false, isPlusOffered: true, new LoginOrigin("SCRAM-SHA-256", null))
        {
            ServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
        };

        var challenge = await exchange.NextAsync("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"u8.ToArray(), default);
        Assert.Equal(SaslStatus.Continue, challenge.Status);
        Assert.Equal(
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            Encoding.UTF8.GetString(challenge.Challenge.Span));

        var final = await exchange.NextAsync(
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="u8.ToArray(),
            default);
        Assert.Equal(SaslStatus.SucceededWithData, final.Status);
        Assert.Equal("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Encoding.UTF8.GetString(final.Challenge.Span));
        Assert.Equal(SaslRoom.User, final.Identity);
    }

    [Theory]
    [InlineData("tls-exporter")]
    [InlineData("tls-server-end-point")]
    public async Task A_client_binds_its_login_to_the_channel(string type)
    {
        var data = type == "tls-exporter" ? _room.Tls.Exporter : _room.Tls.ServerEndPoint;
        var client = new ScramClient("user@example.com", "pencil", $"p={type},,", data);
        var final = await Run("SCRAM-SHA-256-PLUS", client);
        Assert.Equal(SaslStatus.SucceededWithData, final.Status);
        Assert.True(client.Trusts(final.Challenge));
    }

    [Fact]
    public async Task Another_channel_behind_the_name_fails_though_the_password_is_right()
    {
        var final = await Run("SCRAM-SHA-256-PLUS", new ScramClient("user@example.com", "pencil", "p=tls-exporter,,", new byte[32]));
        Assert.Equal(SaslStatus.BadCredentials, final.Status);
        Assert.Contains(_room.Log, line => line.StartsWith("7007"));
    }

    [Theory]
    [InlineData("SCRAM-SHA-256", "y,,", SaslStatus.BadCredentials)]                  // a downgrade: -PLUS was on offer
    [InlineData("SCRAM-SHA-256", "p=tls-exporter,,", SaslStatus.Malformed)]
    [InlineData("SCRAM-SHA-256-PLUS", "n,,", SaslStatus.Malformed)]
    [InlineData("SCRAM-SHA-256-PLUS", "p=tls-unique,,", SaslStatus.BadCredentials)]
    [InlineData("SCRAM-SHA-256", "n,a=other@example.com,", SaslStatus.BadCredentials)]
    [InlineData("SCRAM-SHA-256", "x,,", SaslStatus.Malformed)]
    [InlineData("SCRAM-SHA-256", "n,,m=ext,", SaslStatus.Malformed)]
    public async Task A_gs2_header_that_breaks_the_rules_ends_the_exchange(string mechanism, string header, SaslStatus expected)
    {
        using var exchange = _room.Begin(mechanism);
        var step = await exchange.NextAsync(new ScramClient("user@example.com", "pencil", header).First(), default);
        Assert.Equal(expected, step.Status);
    }

    [Fact]
    public async Task A_client_that_could_bind_is_welcome_when_the_server_cannot()
    {
        _room.Tls.Exporter = _room.Tls.ServerEndPoint = null;
        Assert.Null(_room.Authenticator.Begin("SCRAM-SHA-256-PLUS", _room.Tls, SaslRoom.Client));
        var final = await Run("SCRAM-SHA-256", new ScramClient("user@example.com", "pencil", "y,,"));
        Assert.Equal(SaslStatus.SucceededWithData, final.Status);
    }

    [Fact]
    public async Task An_authorization_identity_equal_to_the_name_is_fine()
    {
        var final = await Run("SCRAM-SHA-256", new ScramClient("user@example.com", "pencil", "n,a=user@example.com,"));
        Assert.Equal(SaslStatus.SucceededWithData, final.Status);
    }

    [Fact]
    public async Task A_wrong_password_a_disabled_account_and_an_unknown_name_get_the_same_answer()
    {
        _room.Add("off@example.com", "pencil", enabled: false);
        Assert.Equal(SaslStatus.BadCredentials, (await Run("SCRAM-SHA-256", new ScramClient("user@example.com", "crayon"))).Status);
        Assert.Equal(SaslStatus.BadCredentials, (await Run("SCRAM-SHA-256", new ScramClient("off@example.com", "pencil"))).Status);
        Assert.Equal(SaslStatus.BadCredentials, (await Run("SCRAM-SHA-256", new ScramClient("nobody@example.com", "pencil"))).Status);
    }

    [Fact]
    public async Task An_unknown_name_has_one_salt_of_its_own_in_every_spelling()
    {
        var first = await SaltOf("nobody@example.com");
        Assert.Equal(first, await SaltOf("Nobody@Example.com"));
        Assert.NotEqual(first, await SaltOf("somebody@example.com"));
        Assert.Equal(16, Convert.FromBase64String(first).Length);
    }

    [Fact]
    public async Task A_changed_nonce_or_proof_fails()
    {
        using var exchange = _room.Begin("SCRAM-SHA-256");
        var client = new ScramClient("user@example.com", "pencil");
        var challenge = await exchange.NextAsync(client.First(), default);
        var final = Encoding.UTF8.GetString(client.Final(challenge.Challenge).AsSpan()).Replace(",r=rOpr", ",r=xOpr");
        Assert.Equal(SaslStatus.BadCredentials, (await exchange.NextAsync(Encoding.UTF8.GetBytes(final), default)).Status);
        Assert.Equal(SaslStatus.Malformed, (await exchange.NextAsync(Encoding.UTF8.GetBytes(final), default)).Status);
    }

    [Fact]
    public async Task On_a_line_protocol_the_servers_proof_is_one_more_challenge()
    {
        using var exchange = _room.Begin("scram-sha-256");
        var client = new ScramClient("user@example.com", "pencil");
        Assert.Equal(SaslStatus.Continue, (await exchange.NextLineAsync(null, default)).Status);
        var challenge = await exchange.NextLineAsync(SaslBase64.Encode(client.First()), default);
        var proof = await exchange.NextLineAsync(SaslBase64.Encode(client.Final(challenge.Challenge)), default);
        Assert.Equal(SaslStatus.Continue, proof.Status);
        Assert.Null(proof.Identity);
        Assert.True(client.Trusts(proof.Challenge));
        var end = await exchange.NextLineAsync(ReadOnlyMemory<byte>.Empty, default);
        Assert.Equal((SaslStatus.Succeeded, SaslRoom.User), (end.Status, end.Identity));
    }

    [Fact]
    public Task Random_and_mutated_messages_never_throw() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Int[0, 200], Gen.Byte).SampleAsync(async (bytes, at, value) =>
        {
            using var exchange = _room.Begin("SCRAM-SHA-256");
            await exchange.NextAsync(bytes, default);
            using var other = _room.Begin("SCRAM-SHA-256");
            var client = new ScramClient("nobody", "x");
            var first = client.First();
            first[at % first.Length] = value;
            await other.NextAsync(first, default);
            using var third = _room.Begin("SCRAM-SHA-256");
            var challenge = await third.NextAsync(client.First(), default);
            if (challenge.Status != SaslStatus.Continue) return;
            await third.NextAsync(bytes, default);
        }, iter: 300);

    private async Task<SaslStep> Run(string mechanism, ScramClient client)
    {
        using var exchange = _room.Begin(mechanism);
        var challenge = await exchange.NextAsync(client.First(), default);
        Assert.Equal(SaslStatus.Continue, challenge.Status);
        return await exchange.NextAsync(client.Final(challenge.Challenge), default);
    }

    private async Task<string> SaltOf(string name)
    {
        using var exchange = _room.Begin("SCRAM-SHA-256");
        var challenge = await exchange.NextAsync(new ScramClient(name, "x").First(), default);
        return Encoding.UTF8.GetString(challenge.Challenge.Span).Split(',')[1][2..];
    }

    private sealed class OneUser(IdentityRecord record) : IIdentitySource
    {
        public ValueTask<IdentityRecord?> FindAsync(string authenticationId, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IdentityRecord?>(authenticationId == "user" ? record : null);
    }
}
