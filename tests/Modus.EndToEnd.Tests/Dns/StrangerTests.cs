using System.Net;
using System.Net.Sockets;
using Modus.Delivery.Dns;
using Modus.Delivery.Dns.Upstream;
using Modus.Delivery.Dns.Wire;
using Xunit;

namespace Modus.EndToEnd.Tests.Dns;

/// <summary>Replies of others than the resolver, and of a resolver that answers something else.</summary>
public sealed class StrangerTests
{
    private static readonly DnsName Name = DnsName.Parse("bank.example");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_the_reply_of_the_resolver_to_the_very_question_is_taken()
    {
        using var resolver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
        using var upstream = Open(resolver, TimeSpan.FromSeconds(10));
        var asking = upstream.AskAsync(Name, DnsType.A, DnsQuestionFlags.RecursionDesired, Cancellation).AsTask();
        var question = await resolver.ReceiveAsync(Cancellation);

        await stranger.SendAsync(Reply(question.Buffer, 9, Name), question.RemoteEndPoint, Cancellation);
        await resolver.SendAsync(Reply(question.Buffer, 9, DnsName.Parse("evil.example")), question.RemoteEndPoint, Cancellation);
        var otherId = Reply(question.Buffer, 9, Name);
        otherId[0]++;
        await resolver.SendAsync(otherId, question.RemoteEndPoint, Cancellation);
        await resolver.SendAsync("noise"u8.ToArray(), question.RemoteEndPoint, Cancellation);
        await resolver.SendAsync(Reply(question.Buffer, 1, Name), question.RemoteEndPoint, Cancellation);

        var reply = await asking;
        Assert.Equal(IPAddress.Parse("192.0.2.1"), DnsContent.ToAddress(Assert.Single(reply.Message!.Answers)));
    }

    [Fact]
    public async Task Whoever_floods_with_guesses_ends_the_question()
    {
        using var resolver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var upstream = Open(resolver, TimeSpan.FromSeconds(10));
        var asking = upstream.AskAsync(Name, DnsType.A, DnsQuestionFlags.RecursionDesired, Cancellation).AsTask();
        var question = await resolver.ReceiveAsync(Cancellation);
        for (var guess = 0; guess < 20; guess++)
            await resolver.SendAsync(Reply(question.Buffer, 9, DnsName.Parse("evil.example")), question.RemoteEndPoint, Cancellation);

        Assert.Null((await asking).Message);
    }

    [Fact]
    public async Task Ports_and_ids_are_new_for_each_question()
    {
        using var resolver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var upstream = Open(resolver, TimeSpan.FromSeconds(10));
        var seen = new HashSet<(int Port, int Id)>();
        for (var round = 0; round < 10; round++)
        {
            var asking = upstream.AskAsync(Name, DnsType.A, DnsQuestionFlags.RecursionDesired, Cancellation).AsTask();
            var question = await resolver.ReceiveAsync(Cancellation);
            seen.Add((question.RemoteEndPoint.Port, (question.Buffer[0] << 8) | question.Buffer[1]));
            await resolver.SendAsync(Reply(question.Buffer, 1, Name), question.RemoteEndPoint, Cancellation);
            await asking;
        }

        Assert.Equal(10, seen.Select(static pair => pair.Id).Distinct().Count());
        Assert.InRange(seen.Select(static pair => pair.Port).Distinct().Count(), 8, 10);
    }

    [Fact]
    public async Task A_port_where_nobody_is_and_one_that_is_silent_are_told_apart()
    {
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var upstream = Open(silent, TimeSpan.FromMilliseconds(50));
        Assert.Contains("in time", (await upstream.AskAsync(Name, DnsType.A, DnsQuestionFlags.None, Cancellation)).Reason, StringComparison.Ordinal);

        var nobody = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var other = Open(nobody, TimeSpan.FromSeconds(10));
        nobody.Dispose();
        Assert.Contains("cannot be reached", (await other.AskAsync(Name, DnsType.A, DnsQuestionFlags.None, Cancellation)).Reason, StringComparison.Ordinal);
    }

    private static DnsUpstream Open(UdpClient resolver, TimeSpan timeout)
    {
        var endPoint = (IPEndPoint)resolver.Client.LocalEndPoint!;
        return new DnsUpstream(new DnsOptions { Resolvers = () => [endPoint], Timeout = timeout, Attempts = 1 }, TimeProvider.System);
    }

    // One A record, 192.0.2.x, for a name.
    private static byte[] Reply(byte[] question, byte last, DnsName name) =>
    [
        question[0], question[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. name.Wire, 0, 1, 0, 1,
        0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, last,
    ];
}
