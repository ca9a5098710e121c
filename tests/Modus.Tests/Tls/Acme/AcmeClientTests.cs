using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls.Acme;

public sealed class AcmeClientTests : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RecordedResponder _responder = new();

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task A_proven_order_ends_with_the_chain()
    {
        var authority = new ScriptedAuthority(_key);
        var answer = await ObtainAsync(authority);
        Assert.Equal(ScriptedAuthority.Chain, answer.Value);
        Assert.StartsWith("tok_en-1.", Assert.Single(_responder.Published).KeyAuthorization, StringComparison.Ordinal);
        Assert.Empty(_responder.Visible);
        Assert.Contains("""{"csr":"AQID"}""", authority.Payloads);
    }

    [Fact]
    public async Task Refused_nonces_are_replaced()
    {
        var authority = new ScriptedAuthority(_key).First("/orders", () => ScriptedAuthority.Problem(HttpStatusCode.BadRequest, "badNonce"), 5);
        Assert.True((await ObtainAsync(authority)).IsGood);
        Assert.Equal(6, authority.Asked.Count(path => path == "/orders"));
    }

    [Fact]
    public async Task An_authority_that_refuses_every_nonce_is_given_up()
    {
        var authority = new ScriptedAuthority(_key).First("/orders", () => ScriptedAuthority.Problem(HttpStatusCode.BadRequest, "badNonce"), 50);
        Assert.Equal(AcmeFaultKind.Unavailable, (await ObtainAsync(authority)).Fault?.Kind);
        Assert.Equal(11, authority.Asked.Count(path => path == "/orders"));
    }

    [Fact]
    public async Task Slow_issuance_is_waited_for()
    {
        var authority = new ScriptedAuthority(_key).First("/order", () => ScriptedAuthority.Json(ScriptedAuthority.Order("pending")), 7);
        Assert.True((await ObtainAsync(authority)).IsGood);
    }

    [Fact]
    public async Task An_order_that_never_ends_is_given_up()
    {
        var authority = new ScriptedAuthority(_key).First("/order", () => ScriptedAuthority.Json(ScriptedAuthority.Order("pending")), 500);
        Assert.Equal(AcmeFaultKind.Unavailable, (await ObtainAsync(authority)).Fault?.Kind);
    }

    [Fact]
    public async Task A_rate_limit_says_when_to_come_back_and_each_name_its_reason()
    {
        var authority = new ScriptedAuthority(_key).First("/orders", () =>
        {
            var problem = ScriptedAuthority.Problem(
                HttpStatusCode.TooManyRequests, "rateLimited",
                ""","subproblems":[null,{"detail":"too often","identifier":{"type":"dns","value":"mx.example"}}]""");
            problem.Headers.Add("Retry-After", "3600");
            return problem;
        });
        var fault = (await ObtainAsync(authority)).Fault;
        Assert.Equal(AcmeFaultKind.RateLimited, fault?.Kind);
        Assert.Equal(TimeSpan.FromHours(1), fault?.RetryAfter);
        Assert.Equal("told rateLimited mx.example: too often", fault?.Text);
    }

    [Theory]
    [InlineData("/dir", "[")]
    [InlineData("/dir", "{}")]
    [InlineData("/orders", "null")]
    [InlineData("/orders", """{"status":"pending","authorizations":[null]}""")]
    [InlineData("/orders", """{"status":"pending","authorizations":["authz"]}""")]
    [InlineData("/authz", """{"status":"pending","identifier":{"value":"mx.example"},"challenges":[{"type":"http-01","token":"../etc"}]}""")]
    [InlineData("/authz", """{"status":"pending","identifier":{"value":"other.example"},"challenges":[{"type":"http-01","url":"https://ca.example/challenge","token":"t"}]}""")]
    public async Task An_answer_that_is_not_of_the_protocol_is_a_fault(string path, string body)
    {
        var authority = new ScriptedAuthority(_key).First(path, () => ScriptedAuthority.Json(body));
        Assert.Equal(AcmeFaultKind.Malformed, (await ObtainAsync(authority)).Fault?.Kind);
        Assert.Empty(_responder.Published);
    }

    [Fact]
    public async Task An_endless_answer_is_cut()
    {
        var authority = new ScriptedAuthority(_key).First("/cert", () => ScriptedAuthority.Json(new string('x', 300_000)));
        Assert.Equal(AcmeFaultKind.Malformed, (await ObtainAsync(authority)).Fault?.Kind);
    }

    [Fact]
    public async Task A_failing_authority_and_a_cut_connection_are_for_later()
    {
        var failing = new ScriptedAuthority(_key).First("/finalize", () => new HttpResponseMessage(HttpStatusCode.InternalServerError));
        Assert.Equal(AcmeFaultKind.Unavailable, (await ObtainAsync(failing)).Fault?.Kind);
        var cut = new ScriptedAuthority(_key).First("/authz", () => throw new HttpRequestException("cut"));
        Assert.Equal(AcmeFaultKind.Unavailable, (await ObtainAsync(cut)).Fault?.Kind);
    }

    [Fact]
    public async Task A_failed_validation_names_the_name_and_the_proof_is_withdrawn()
    {
        var authority = new ScriptedAuthority(_key);
        authority.First("/authz", () => ScriptedAuthority.Json("""
            {"status":"pending","identifier":{"value":"mx.example"},"challenges":[{"type":"http-01","url":"https://ca.example/challenge","token":"t"}]}
            """));
        authority.First("/authz", () => ScriptedAuthority.Json("""
            {"status":"invalid","challenges":[{"type":"http-01","error":{"type":"urn:ietf:params:acme:error:connection","detail":"no route"}}]}
            """));
        var fault = (await ObtainAsync(authority)).Fault;
        Assert.Equal("mx.example was not validated by http-01: no route", fault?.Text);
        Assert.Equal(["mx.example"], fault?.Names);
        Assert.Empty(_responder.Visible);
    }

    [Fact]
    public async Task A_wait_of_more_than_a_minute_is_a_matter_of_the_next_attempt()
    {
        var authority = new ScriptedAuthority(_key).First("/order", () => After(ScriptedAuthority.Json(ScriptedAuthority.Order("pending")), "600"));
        var fault = (await ObtainAsync(authority)).Fault;
        Assert.Equal((AcmeFaultKind.Unavailable, TimeSpan.FromMinutes(10)), (fault?.Kind, fault?.RetryAfter));
        Assert.Single(authority.Asked, static path => path == "/order");
    }

    [Fact]
    public async Task An_invalid_order_says_what_the_authority_says()
    {
        var authority = new ScriptedAuthority(_key).First("/order", () => ScriptedAuthority.Json(
            """{"status":"invalid","error":{"type":"urn:ietf:params:acme:error:caa","detail":"CAA forbids it"}}"""));
        var fault = (await ObtainAsync(authority)).Fault;
        Assert.Equal((AcmeFaultKind.NotValidated, "CAA forbids it"), (fault?.Kind, fault?.Text));
    }

    [Fact]
    public async Task A_key_that_is_not_of_P_256_and_a_directory_in_clear_are_refused_before_anybody_is_asked()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var authority = new ScriptedAuthority(other);
        Assert.Equal(AcmeFaultKind.Refused, (await ObtainAsync(authority, key: other)).Fault?.Kind);
        Assert.Equal(AcmeFaultKind.Refused, (await ObtainAsync(authority, directory: new Uri("http://ca.example/dir"))).Fault?.Kind);
        Assert.Empty(authority.Asked);
    }

    [Fact]
    public async Task An_authority_without_renewal_information_is_not_told_what_is_replaced()
    {
        var silent = new ScriptedAuthority(_key);
        Assert.True((await ObtainAsync(silent, new AcmeOrder(["mx.example"], Request, "aki.serial"))).IsGood);
        Assert.DoesNotContain(silent.Payloads, static payload => payload.Contains("replaces", StringComparison.Ordinal));

        var told = new ScriptedAuthority(_key) { HasRenewals = true };
        Assert.True((await ObtainAsync(told, new AcmeOrder(["mx.example"], Request, "aki.serial"))).IsGood);
        Assert.Single(told.Payloads, static payload => payload.Contains("""replaces":"aki.serial""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_that_was_replaced_already_is_left_out_of_the_order()
    {
        var authority = new ScriptedAuthority(_key) { HasRenewals = true }.First("/orders", () => ScriptedAuthority.Problem(HttpStatusCode.Conflict, "alreadyReplaced"));
        Assert.True((await ObtainAsync(authority, new AcmeOrder(["mx.example"], Request, "aki.serial"))).IsGood);
        Assert.Single(authority.Payloads, static payload => payload.Contains("replaces", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_profile_is_asked_for_where_the_authority_has_it()
    {
        var authority = new ScriptedAuthority(_key);
        var fault = (await ObtainAsync(authority, new AcmeOrder(["mx.example"], Request, Profile: "weekly"))).Fault;
        Assert.Equal("The authority has no profile weekly; it names shortlived.", fault?.Text);
        Assert.True((await ObtainAsync(authority, new AcmeOrder(["mx.example"], Request, Profile: "shortlived"))).IsGood);
        Assert.Contains("""{"identifiers":[{"type":"dns","value":"mx.example"}],"profile":"shortlived"}""", authority.Payloads);
    }

    [Theory]
    [InlineData("""{"suggestedWindow":{"start":"2026-01-02T00:00:00Z","end":"2026-01-03T00:00:00Z"}}""", "21600", 6 * 60)]
    [InlineData("""{"suggestedWindow":{"start":"2026-01-02T00:00:00Z","end":"2026-01-03T00:00:00Z"}}""", "1", 1)]
    [InlineData("""{"suggestedWindow":{"start":"2026-01-02T00:00:00Z","end":"2026-01-03T00:00:00Z"}}""", "999999", 24 * 60)]
    public async Task The_authority_says_when_to_renew_and_when_to_ask_again(string body, string retryAfter, int minutes)
    {
        var authority = new ScriptedAuthority(_key) { HasRenewals = true }.First("/renewal/aki.serial", () => After(ScriptedAuthority.Json(body), retryAfter));
        var renewal = (await FindRenewalAsync(authority)).Value!;
        Assert.Equal(DateTimeOffset.Parse("2026-01-02T00:00:00Z", CultureInfo.InvariantCulture), renewal.Start);
        Assert.Equal(TimeSpan.FromMinutes(minutes), renewal.Pause);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"suggestedWindow":{"start":"2026-01-03T00:00:00Z","end":"2026-01-02T00:00:00Z"}}""")]
    public async Task A_window_that_is_none_is_a_fault(string body)
    {
        var authority = new ScriptedAuthority(_key) { HasRenewals = true }.First("/renewal/aki.serial", () => ScriptedAuthority.Json(body));
        Assert.Equal(AcmeFaultKind.Malformed, (await FindRenewalAsync(authority)).Fault?.Kind);
        Assert.Equal(AcmeRenewal.None, (await FindRenewalAsync(new ScriptedAuthority(_key))).Value);
    }

    private static ReadOnlyMemory<byte> Request => new byte[] { 1, 2, 3 };

    private static HttpResponseMessage After(HttpResponseMessage answer, string seconds)
    {
        answer.Headers.Add("Retry-After", seconds);
        return answer;
    }

    private static async Task<AcmeAnswer<AcmeRenewal>> FindRenewalAsync(ScriptedAuthority authority)
    {
        using var http = new HttpClient(authority);
        return await new AcmeClient(http, TimeProvider.System).FindRenewalAsync(ScriptedAuthority.Directory, "aki.serial", TestContext.Current.CancellationToken);
    }

    private async Task<AcmeAnswer<string>> ObtainAsync(ScriptedAuthority authority, AcmeOrder? order = null, ECDsa? key = null, Uri? directory = null)
    {
        using var http = new HttpClient(authority);
        var account = new AcmeAccount { Directory = directory ?? ScriptedAuthority.Directory, Key = key ?? _key, AgreesToTerms = true };
        order ??= new AcmeOrder(["mx.example"], Request);
        return await new AcmeClient(http, new HurriedClock()).ObtainAsync(account, order, _responder, TestContext.Current.CancellationToken);
    }

    private sealed class HurriedClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    private sealed class RecordedResponder : IAcmeResponder
    {
        public AcmeChallenge Challenge => AcmeChallenge.Http01;

        public List<AcmeProof> Published { get; } = [];

        public HashSet<AcmeProof> Visible { get; } = [];

        public ValueTask<AcmeFault?> PublishAsync(AcmeProof proof, CancellationToken cancellationToken)
        {
            Published.Add(proof);
            Visible.Add(proof);
            return default;
        }

        public ValueTask WithdrawAsync(AcmeProof proof, CancellationToken cancellationToken)
        {
            Visible.Remove(proof);
            return default;
        }
    }
}
