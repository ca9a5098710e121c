using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Modus.Delivery.Dns;
using Modus.Delivery.Dns.Dnssec;
using Modus.Delivery.Dns.Upstream;
using Modus.Delivery.Dns.Wire;
using Xunit;

namespace Modus.Tests.Delivery.Dns;

/// <summary>Answers put together from what resolvers say, validated by a resolver or by nobody. What is validated here is tested with real zones.</summary>
public sealed class MailDnsTests
{
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DnsValidation.Resolver, "127.0.0.1", true, true)]
    [InlineData(DnsValidation.Resolver, "::1", true, true)]
    [InlineData(DnsValidation.Resolver, "127.0.0.1", false, false)]
    [InlineData(DnsValidation.Resolver, "192.0.2.53", true, false)]
    [InlineData(DnsValidation.Off, "127.0.0.1", true, false)]
    public async Task The_word_of_a_resolver_counts_when_it_is_wanted_and_comes_from_this_machine(
        DnsValidation validation, string resolver, bool says, bool isSecure)
    {
        var upstream = new ScriptedUpstream { Resolver = new IPEndPoint(IPAddress.Parse(resolver), 53) }
            .On("example.com", DnsType.Mx, says, "example.com MX 10 mx.example.com");
        Assert.Equal(isSecure, (await Open(upstream, validation).FindMxAsync("example.com", Cancellation)).IsSecure);
    }

    [Fact]
    public async Task Aliases_are_followed_and_the_name_at_their_end_is_told()
    {
        var upstream = new ScriptedUpstream()
            .On("a.example", DnsType.Txt, true, "a.example CNAME b.example")
            .On("b.example", DnsType.Txt, true, "b.example TXT here");
        var answer = await Open(upstream).FindTextAsync("A.Example.", Cancellation);
        Assert.Equal((DnsOutcome.Found, "b.example", true), (answer.Outcome, answer.CanonicalName, answer.IsSecure));
        Assert.Equal("here", Assert.Single(answer.Records));
    }

    [Fact]
    public async Task An_alias_may_be_secure_though_its_target_is_not()
    {
        var upstream = new ScriptedUpstream()
            .On("mx.good.example", DnsType.A, false, "mx.good.example CNAME mx.plain.example", "mx.plain.example A 192.0.2.1")
            .On("mx.good.example", DnsType.Aaaa, false, "mx.good.example CNAME mx.plain.example")
            .On("mx.good.example", DnsType.Cname, true, "mx.good.example CNAME mx.plain.example")
            .On("mx.plain.example", DnsType.A, false, "mx.plain.example A 192.0.2.1")
            .On("mx.plain.example", DnsType.Aaaa, false, ". SOA 60");
        var answer = await Open(upstream).FindAddressesAsync("mx.good.example", Cancellation);
        Assert.Equal((DnsOutcome.Found, false, true), (answer.Outcome, answer.IsSecure, answer.IsNameSecure));
    }

    [Fact]
    public async Task Aliases_without_end_fail()
    {
        var upstream = new ScriptedUpstream().On("a.example", DnsType.Txt, true, "a.example CNAME a.example");
        var answer = await Open(upstream).FindTextAsync("a.example", Cancellation);
        Assert.Equal(DnsOutcome.Failed, answer.Outcome);
        Assert.Contains("alias", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_address_questions_one_may_fail()
    {
        var upstream = new ScriptedUpstream().On("mx.example", DnsType.A, true, "mx.example A 192.0.2.1");
        var answer = await Open(upstream).FindAddressesAsync("mx.example", Cancellation);
        Assert.Equal((DnsOutcome.Found, true), (answer.Outcome, answer.IsSecure));

        upstream = new ScriptedUpstream().On("mx.example", DnsType.A, true, ". SOA 60");
        Assert.Equal(DnsOutcome.Failed, (await Open(upstream).FindAddressesAsync("mx.example", Cancellation)).Outcome);
    }

    [Fact]
    public async Task Answers_are_kept_for_their_time_and_denials_for_that_of_the_zone()
    {
        var upstream = new ScriptedUpstream()
            .On("a.example", DnsType.Txt, true, "a.example TXT here")
            .On("b.example", DnsType.Txt, true, ". SOA 60");
        var dns = Open(upstream);
        for (var seconds = 0; seconds < 300; seconds += 50)
        {
            await dns.FindTextAsync("a.example", Cancellation);
            Assert.Equal(DnsOutcome.NoName, (await dns.FindTextAsync("b.example", Cancellation)).Outcome);
            _clock.Advance(TimeSpan.FromSeconds(50));
        }

        Assert.Single(upstream.Asked, "a.example Txt");
        Assert.Equal(3, upstream.Asked.Count(static asked => asked == "b.example Txt"));
        await dns.FindTextAsync("a.example", Cancellation);
        Assert.Equal(2, upstream.Asked.Count(static asked => asked == "a.example Txt"));
    }

    [Fact]
    public async Task A_failure_is_asked_for_again_soon_and_tells_why()
    {
        var upstream = new ScriptedUpstream();
        var dns = Open(upstream);
        Assert.Equal("the resolver 127.0.0.1:53 answers SERVFAIL", (await dns.FindTextAsync("a.example", Cancellation)).Reason);
        await dns.FindTextAsync("a.example", Cancellation);
        Assert.Single(upstream.Asked);
        _clock.Advance(TimeSpan.FromSeconds(11));
        await dns.FindTextAsync("a.example", Cancellation);
        Assert.Equal(2, upstream.Asked.Count);
    }

    [Fact]
    public async Task A_question_without_end_ends()
    {
        var dns = Open(new SilentUpstream());
        var asking = dns.FindTextAsync("a.example", Cancellation).AsTask();
        _clock.Advance(TimeSpan.FromSeconds(31));
        var answer = await asking;
        Assert.Equal(DnsOutcome.Failed, answer.Outcome);
        Assert.Contains("longer than", answer.Reason, StringComparison.Ordinal);

        using var impatient = new CancellationTokenSource();
        var given = dns.FindTextAsync("b.example", impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
    }

    [Fact]
    public async Task What_is_no_name_is_asked_of_nobody()
    {
        var upstream = new ScriptedUpstream();
        Assert.Equal(DnsOutcome.NoName, (await Open(upstream).FindMxAsync("a..b", Cancellation)).Outcome);
        Assert.Empty(upstream.Asked);
    }

    private sealed class SilentUpstream : IDnsUpstream
    {
        public async ValueTask<UpstreamReply> AskAsync(DnsName name, DnsType type, DnsQuestionFlags flags, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return default;
        }
    }

    private MailDns Open(IDnsUpstream upstream, DnsValidation validation = DnsValidation.Resolver)
    {
        var options = new DnsOptions { Validation = validation };
        var judge = new ReplyJudge(new ChainOfTrust(upstream, options, _clock, NullLogger<ChainOfTrust>.Instance), _clock);
        return new MailDns(new DnsLinks(upstream, judge, options, _clock, NullLogger<DnsLinks>.Instance));
    }
}
