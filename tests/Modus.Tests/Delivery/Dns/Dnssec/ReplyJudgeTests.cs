using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Modus.Delivery.Dns;
using Modus.Delivery.Dns.Dnssec;
using Modus.Delivery.Dns.Upstream;
using Modus.Delivery.Dns.Wire;
using Xunit;

namespace Modus.Tests.Delivery.Dns.Dnssec;

/// <summary>
/// Replies that a liar on the way puts together of what honest zones have signed: example, which is the trust anchor, and
/// child.example below it. Real zones, and replies cut to pieces, are in the end-to-end tests.
/// </summary>
public sealed class ReplyJudgeTests : IDisposable
{
    private static readonly byte[] Address = [192, 0, 2, 1];

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly SigningZone _zone;
    private readonly SigningZone _child;
    private readonly SigningZone _stranger;
    private readonly Wires _wires = new();
    private readonly DnsLinks _links;

    public ReplyJudgeTests()
    {
        _zone = new SigningZone("example", _clock.GetUtcNow());
        _child = new SigningZone("child.example", _clock.GetUtcNow());
        _stranger = new SigningZone("example", _clock.GetUtcNow());
        _wires.On("example", DnsType.Dnskey, answers: _zone.Keys);
        _wires.On("child.example", DnsType.Ds, answers: _zone.Sign("child.example", DnsType.Ds, _child.Digest));
        _wires.On("child.example", DnsType.Dnskey, answers: _child.Keys);
        Assert.True(DnsTrustAnchors.TryParse(_zone.Anchor, out var anchors, out _));
        var options = new DnsOptions { TrustAnchors = anchors };
        var chain = new ChainOfTrust(_wires, options, _clock, NullLogger<ChainOfTrust>.Instance);
        _links = new DnsLinks(_wires, new ReplyJudge(chain, _clock), options, _clock, NullLogger<DnsLinks>.Instance);
    }

    public void Dispose()
    {
        _zone.Dispose();
        _child.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task What_the_zone_signed_is_secure()
    {
        _wires.On("a.example", DnsType.A, answers: _zone.Sign("a.example", DnsType.A, [192, 0, 2, 2], Address));
        _wires.On("a.child.example", DnsType.A, answers: _child.Sign("a.child.example", DnsType.A, Address));
        await AssertIsAsync("a.example", DnsOutcome.Found, true);
        await AssertIsAsync("a.child.example", DnsOutcome.Found, true);
    }

    [Fact]
    public async Task Names_that_no_anchor_is_above_of_are_insecure()
    {
        _wires.On("a.test", DnsType.A, answers: [new DnsRecord(DnsName.Parse("a.test"), DnsType.A, 300, Address)]);
        await AssertIsAsync("a.test", DnsOutcome.Found, false);
    }

    [Fact]
    public async Task A_record_added_to_a_signed_set_breaks_it()
    {
        var records = _zone.Sign("a.example", DnsType.A, Address);
        _wires.On("a.example", DnsType.A, answers: [.. records, records[0] with { Content = [192, 0, 2, 66] }]);
        await AssertIsAsync("a.example", DnsOutcome.Failed, false);
    }

    [Fact]
    public async Task A_key_that_nobody_vouches_for_signs_nothing()
    {
        _wires.On("a.example", DnsType.A, answers: _stranger.Sign("a.example", DnsType.A, Address));
        await AssertIsAsync("a.example", DnsOutcome.Failed, false);
    }

    [Fact]
    public async Task Keys_that_nobody_vouches_for_are_not_the_zones()
    {
        _wires.On("example", DnsType.Dnskey, answers: _stranger.Keys);
        _wires.On("a.example", DnsType.A, answers: _stranger.Sign("a.example", DnsType.A, Address));
        await AssertIsAsync("a.example", DnsOutcome.Failed, false);
    }

    [Fact]
    public async Task A_signed_set_that_lost_its_signature_is_not_insecure()
    {
        _wires.On("a.example", DnsType.A, answers: [_zone.Sign("a.example", DnsType.A, Address)[0]]);
        _wires.On("a.example", DnsType.Ds, authorities: _zone.Nsec("a.example", "b.example", DnsType.A));
        await AssertIsAsync("a.example", DnsOutcome.Failed, false);
    }

    [Fact]
    public async Task A_set_is_insecure_where_the_zone_above_says_that_a_zone_without_keys_begins()
    {
        _wires.On("a.plain.example", DnsType.A, answers: [new DnsRecord(DnsName.Parse("a.plain.example"), DnsType.A, 300, Address)]);
        _wires.On("plain.example", DnsType.Ds, authorities: _zone.Nsec("plain.example", "z.example", DnsType.Ns));
        await AssertIsAsync("a.plain.example", DnsOutcome.Found, false);
    }

    [Fact]
    public async Task The_denial_of_another_name_does_not_make_a_zone_insecure()
    {
        _wires.On("a.child.example", DnsType.A, answers: [new DnsRecord(DnsName.Parse("a.child.example"), DnsType.A, 300, Address)]);
        _wires.On("child.example", DnsType.Ds, authorities: _zone.Nsec("plain.example", "z.example", DnsType.Ns));
        await AssertIsAsync("a.child.example", DnsOutcome.Failed, false);
    }

    [Fact]
    public async Task The_childs_own_apex_does_not_deny_its_signers()
    {
        _wires.On("a.child.example", DnsType.A, answers: [new DnsRecord(DnsName.Parse("a.child.example"), DnsType.A, 300, Address)]);
        _wires.On("child.example", DnsType.Ds, authorities: _child.Nsec("child.example", "a.child.example", DnsType.Soa, DnsType.Ns));
        await AssertIsAsync("a.child.example", DnsOutcome.Failed, false);
    }

    [Fact]
    public async Task A_signer_that_is_no_zone_is_not_believed()
    {
        using var nobody = new SigningZone("a.example", _clock.GetUtcNow());
        _wires.On("a.example", DnsType.A, answers: nobody.Sign("a.example", DnsType.A, Address));
        _wires.On("a.example", DnsType.Ds, authorities: _zone.Nsec("a.example", "b.example", DnsType.A));
        _wires.On("a.example", DnsType.Dnskey, answers: nobody.Keys);
        await AssertIsAsync("a.example", DnsOutcome.Failed, false);
    }

    [Fact]
    public async Task A_wildcard_needs_the_proof_that_nothing_is_closer()
    {
        var expanded = _zone.SignAs("a.example", "*.example", DnsType.A, Address);
        _wires.On("a.example", DnsType.A, answers: expanded);
        await AssertIsAsync("a.example", DnsOutcome.Failed, false);

        _wires.On("b.example", DnsType.A, answers: _zone.SignAs("b.example", "*.example", DnsType.A, Address), authorities: _zone.Nsec("a.example", "c.example", DnsType.Txt));
        await AssertIsAsync("b.example", DnsOutcome.Found, true);
    }

    [Fact]
    public async Task The_parent_does_not_deny_what_is_in_a_signed_child()
    {
        DnsRecord[] proof = [.. _zone.Nsec("child.example", "z.example", DnsType.Ns, DnsType.Ds), .. _zone.Nsec("example", "child.example", DnsType.Soa)];
        _wires.On("mx.child.example", DnsType.A, code: DnsResponseCode.NoName, authorities: proof);
        await AssertIsAsync("mx.child.example", DnsOutcome.Failed, false);
    }

    [Fact]
    public async Task An_expanded_NSEC_record_proves_nothing()
    {
        var record = _zone.Nsec("*.example", "z.example", DnsType.Txt);
        var moved = record.Select(static part => part with { Owner = DnsName.Parse("a.example") }).ToArray();
        _wires.On("a.example", DnsType.A, authorities: moved);
        await AssertIsAsync("a.example", DnsOutcome.Failed, false);
    }

    [Fact]
    public async Task A_denial_must_be_of_the_kind_that_the_reply_says()
    {
        _wires.On("a.example", DnsType.A, code: DnsResponseCode.NoName, authorities: _zone.Nsec("a.example", "b.example", DnsType.Txt));
        await AssertIsAsync("a.example", DnsOutcome.Failed, false);
        _wires.On("c.example", DnsType.A, authorities: _zone.Nsec("c.example", "d.example", DnsType.Txt));
        await AssertIsAsync("c.example", DnsOutcome.NoData, true);
    }

    [Fact]
    public async Task Signatures_are_in_force_for_their_time_and_answers_no_longer()
    {
        _wires.On("a.example", DnsType.A, answers: _zone.Sign("a.example", DnsType.A, Address));
        _clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(60));
        await AssertIsAsync("a.example", DnsOutcome.Found, true);
        _clock.Advance(TimeSpan.FromSeconds(61)); // of a TTL of 300
        await AssertIsAsync("a.example", DnsOutcome.Failed, false);
    }

    [Fact]
    public void Signatures_without_end_are_not_tried_without_end()
    {
        var records = _zone.Sign("a.example", DnsType.A, Address);
        var set = RecordSet.Find([.. Enumerable.Repeat(records[1], 5000).Prepend(records[0])], records[0].Owner, DnsType.A)!;
        Assert.Equal(8, set.Signatures.Count);

        var budget = new QuestionBudget();
        var zone = new SecureZone(_zone.Apex, [ZoneKey.From(_zone.KeyContent)!]);
        var turns = 0;
        while (zone.Verify(set, _clock.GetUtcNow(), budget).Signature is not null) turns++;
        Assert.Equal(128, turns);
    }

    [Fact]
    public async Task A_name_with_too_many_labels_is_given_up()
    {
        var name = string.Join('.', Enumerable.Repeat("x", 100)) + ".example";
        _wires.On(name, DnsType.A, answers: [new DnsRecord(DnsName.Parse(name), DnsType.A, 300, Address)]);
        for (var labels = 2; labels <= 101; labels++)
        {
            var above = DnsName.Parse(name).Suffix(labels).ToString();
            _wires.On(above, DnsType.Ds, authorities: _zone.Nsec(above, "zz.example", DnsType.A));
        }

        var link = await AssertIsAsync(name, DnsOutcome.Failed, false);
        Assert.Contains("too many questions", link.Reason, StringComparison.Ordinal);
    }

    private async Task<DnsLink> AssertIsAsync(string name, DnsOutcome outcome, bool isSecure)
    {
        var link = await _links.FindAsync(DnsName.Parse(name), DnsType.A, TestContext.Current.CancellationToken);
        Assert.True(outcome == link.Outcome, $"{link.Outcome}: {link.Reason}");
        Assert.Equal(isSecure, link.IsSecure);
        return link;
    }

    private sealed class Wires : IDnsUpstream
    {
        private readonly Dictionary<(DnsName, DnsType), DnsMessage> _replies = [];

        public void On(
            string name, DnsType type, DnsResponseCode code = DnsResponseCode.NoError, DnsRecord[]? answers = null, DnsRecord[]? authorities = null) =>
            _replies[(DnsName.Parse(name), type)] = new DnsMessage
            {
                Id = 0, IsTruncated = false, IsAuthenticData = true, Code = code, Name = DnsName.Parse(name), Type = type,
                Answers = answers ?? [], Authorities = authorities ?? [],
            };

        public ValueTask<UpstreamReply> AskAsync(DnsName name, DnsType type, DnsQuestionFlags flags, CancellationToken cancellationToken) => new(
            _replies.TryGetValue((name, type), out var message)
                ? new UpstreamReply(message, new IPEndPoint(IPAddress.Loopback, 53), null)
                : new UpstreamReply(null, null, $"nobody knows {name} {type}"));
    }
}
