using System.Globalization;
using System.Text.RegularExpressions;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Smtp;

/// <summary>The trace fields that final delivery puts before a message (RFC 5321 §4.4).</summary>
public sealed partial class ReceivedFieldTests
{
    [Theory]
    [InlineData("HELO client.test", "client.test", "SMTP")]
    [InlineData("EHLO client.test", "client.test", "ESMTP")]
    [InlineData("EHLO [127.0.0.1]", "[127.0.0.1]", "ESMTP")]
    public async Task Says_who_brought_the_message_how_and_when(string hello, string from, string with)
    {
        await using var server = await ModusServer.StartAsync();
        await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
        await client.SayAsync(hello);
        await client.BeginAsync(ModusServer.Anna);
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        var queued = await client.DataAsync("Subject: x\r\n\r\n"u8.ToArray());

        var field = Field().Match(Assert.Single(await server.ReadInboxAsync()));
        Assert.True(field.Success);
        Assert.Equal((from, "127.0.0.1", "mail.alpha.test", with), (Part("from"), Part("address"), Part("by"), Part("with")));
        Assert.Equal(ModusServer.Anna, Part("for"));
        Assert.EndsWith($"queued as {Part("id")}", queued, StringComparison.Ordinal);
        Assert.False(field.Groups["tls"].Success);
        var date = DateTimeOffset.ParseExact(Part("date"), "ddd, d MMM yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture);
        Assert.InRange(date, before, DateTimeOffset.UtcNow.AddSeconds(1));

        string Part(string name) => field.Groups[name].Value;
    }

    [Fact]
    public async Task Does_not_tell_recipients_of_each_other()
    {
        await using var server = await ModusServer.StartAsync();
        await server.AddAccountAsync("ben@alpha.test");
        await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
        await client.BeginAsync(ModusServer.Anna);
        await client.SayAsync("RCPT TO:<ben@alpha.test>");
        await client.DataAsync("Subject: x\r\n\r\n"u8.ToArray());

        var stored = Assert.Single(await server.ReadInboxAsync());
        Assert.DoesNotContain("ben@alpha.test", stored, StringComparison.Ordinal);
        Assert.False(Field().Match(stored).Groups["for"].Success);
    }

    // Return-Path, and the time-stamp line in the order of §4.4: from, by, with, id, for, additional clauses, date.
    [GeneratedRegex(
        @"\AReturn-Path: <bob@client\.test>\r\nReceived: from (?<from>\S+) \(\[(?<address>[0-9.]+)\]\)\r\n\tby (?<by>\S+) \(Modus\) " +
        @"with (?<with>\w+) id (?<id>[0-9a-z]{13})(\r\n\tfor <(?<for>[^>]+)>)?(\r\n\ttls (?<tls>[^;]+))?;\r\n\t(?<date>[^\r]+)\r\nSubject: x\r\n")]
    private static partial Regex Field();
}
