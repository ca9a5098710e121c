using System.Text;
using MimeKit;
using Modus.Delivery.Dsn;
using Modus.Mail;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Delivery.Dsn;

/// <summary>What a notice says and returns, read by a parser that is not ours.</summary>
public sealed class NoticeContentTests
{
    [Fact]
    public async Task A_failure_has_the_fields_of_RFC_3464_and_the_message()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var envelope = NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test", original: "rfc822;bobby+2Bx@elsewhere.test")) with { EnvelopeId = "QQ+2B314" };
        var entry = (await kit.EnqueueAsync(envelope))[0];
        kit.Room.Store.Clock.Advance(TimeSpan.FromHours(1));

        await kit.FinishAsync(NoticeKit.End(entry));

        var report = NoticeKit.Read(await kit.NoticeAsync());
        Assert.Equal("delivery-status", report.Body.ReportType);
        Assert.Equal("dns; mail.example.org", report.OfMessage["Reporting-MTA"]);
        Assert.Equal("QQ+314", report.OfMessage["Original-Envelope-Id"]);
        Assert.Equal(MailDate.Format(entry.Created), report.OfMessage["Arrival-Date"]);
        Assert.Equal(entry.QueueId.Value, report.OfMessage["X-Modus-Queue-Id"]);
        var recipient = Assert.Single(report.OfRecipients);
        Assert.Equal(
            [
                ("Original-Recipient", "rfc822; bobby+x@elsewhere.test"),
                ("Final-Recipient", "rfc822; bob@elsewhere.test"),
                ("Action", "failed"),
                ("Status", "5.1.1"),
                ("Remote-MTA", "dns; mx.elsewhere.test"),
                ("Diagnostic-Code", "smtp; 550 5.1.1 No such user"),
                ("Last-Attempt-Date", MailDate.Format(kit.Room.Store.Clock.GetUtcNow())),
            ],
            recipient.Select(static field => (field.Field, field.Value)));
        Assert.Equal("message/rfc822", report.Returned.ContentType.MimeType);
        Assert.Equal(NoticeKit.Content, await report.ReturnedTextAsync());
        Assert.Contains("There is no such address. Check it for typing errors", report.Text.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_header_says_that_a_machine_answers_which_message_and_who_is_to_be_asked()
    {
        await using var kit = await NoticeKit.OpenAsync();
        kit.Room.Options.Postmaster = EmailAddress.Parse("master@example.org");
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test"))))[0];

        await kit.FinishAsync(NoticeKit.End(entry));

        var message = NoticeKit.Read(await kit.NoticeAsync()).Message;
        Assert.Equal("auto-replied", message.Headers["Auto-Submitted"]);
        Assert.Equal("1@example.org", message.InReplyTo);
        Assert.Equal("\"Mail delivery\" <master@example.org>", message.From.ToString());
        Assert.Equal("anna@example.org", Assert.Single(message.To.Mailboxes).Address);
        Assert.Equal("Your message could not be delivered", message.Subject);
        Assert.EndsWith("@mail.example.org", message.MessageId, StringComparison.Ordinal);
        Assert.Equal(new Version(1, 0), message.MimeVersion);
    }

    [Fact]
    public async Task A_delay_says_until_when_and_returns_the_header()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test")) with { Return = DsnReturn.Full }))[0];

        await kit.FinishAsync(NoticeKit.End(entry, DsnAction.Delayed));

        var report = NoticeKit.Read(await kit.NoticeAsync());
        var recipient = Assert.Single(report.OfRecipients);
        Assert.Equal(("delayed", "4.4.1", MailDate.Format(entry.Created.AddDays(5))), (recipient["Action"], recipient["Status"], recipient["Will-Retry-Until"]));
        Assert.Equal("x-modus; it ended", recipient["Diagnostic-Code"]);
        Assert.Equal("text/rfc822-headers", report.Returned.ContentType.MimeType);
        Assert.Equal(NoticeKit.Content[..(NoticeKit.Content.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2)], await report.ReturnedTextAsync());
        Assert.Contains("You need do nothing", report.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relay_names_the_server_that_does_not_tell()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test", DsnNotify.Success))))[0];

        await kit.FinishAsync(NoticeKit.End(entry, DsnAction.Relayed));

        var report = NoticeKit.Read(await kit.NoticeAsync());
        Assert.Equal(("relayed", "2.0.0"), (report.OfRecipients[0]["Action"], report.OfRecipients[0]["Status"]));
        Assert.Contains("mx.elsewhere.test, which does not tell of delivery", report.Text.ReplaceLineEndings(" ").Replace("  ", " ", StringComparison.Ordinal).Replace("   ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Null(report.OfRecipients[0]["Will-Retry-Until"]);
    }

    [Theory]
    [InlineData(DsnReturn.Headers, TlsDemand.None, BodyType.SevenBit, 10)]
    [InlineData(DsnReturn.Full, TlsDemand.Required, BodyType.SevenBit, 10)] // RFC 8689 §5
    [InlineData(DsnReturn.Full, TlsDemand.None, BodyType.BinaryMime, 10)]
    [InlineData(DsnReturn.Full, TlsDemand.None, BodyType.SevenBit, ReturnedContent.MaxReturned)]
    public async Task Only_the_header_is_returned_when_asked_protected_binary_or_large(DsnReturn part, TlsDemand tls, BodyType body, int size)
    {
        await using var kit = await NoticeKit.OpenAsync();
        var content = new StringBuilder("Subject: x\r\n\r\n");
        while (content.Length < size) content.Append("a line of text\r\n");
        var envelope = NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test")) with { Return = part, Tls = tls, Body = body };
        var entry = (await kit.EnqueueAsync(envelope, content.ToString()))[0];

        await kit.FinishAsync(NoticeKit.End(entry));

        var report = NoticeKit.Read(await kit.NoticeAsync());
        Assert.Equal("text/rfc822-headers", report.Returned.ContentType.MimeType);
        Assert.Equal("Subject: x\r\n", await report.ReturnedTextAsync());
    }

    [Fact]
    public async Task What_stands_before_the_message_for_mailboxes_is_not_returned()
    {
        await using var kit = await NoticeKit.OpenAsync();
        const string Before = "Return-Path: <anna@example.org>\r\n";
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test")), Before + NoticeKit.Content, Before.Length))[0];

        await kit.FinishAsync(NoticeKit.End(entry));

        Assert.Equal(NoticeKit.Content, await NoticeKit.Read(await kit.NoticeAsync()).ReturnedTextAsync());
    }

    [Fact]
    public async Task A_header_without_an_end_is_cut_at_a_line()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var content = string.Concat(Enumerable.Range(0, 10_000).Select(static i => $"X-{i}: some text\r\n"));
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test")), content))[0];

        await kit.FinishAsync(NoticeKit.End(entry));

        var returned = await NoticeKit.Read(await kit.NoticeAsync()).ReturnedTextAsync();
        Assert.InRange(returned.Length, ReturnedContent.MaxReturned - 100, ReturnedContent.MaxReturned);
        Assert.StartsWith(returned, content, StringComparison.Ordinal);
        Assert.EndsWith("some text\r\n", returned, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eight_bits_come_back_to_a_mailbox_here_and_only_the_header_by_a_way_that_may_not_take_them()
    {
        await using var kit = await NoticeKit.OpenAsync();
        const string Content = "Subject: x\r\n\r\nGr\u00fc\u00dfe\r\n";
        var here = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test")), Content))[0];
        var elsewhere = (await kit.EnqueueAsync(From("cleo@elsewhere.test"), Content))[0];

        await kit.FinishAsync(NoticeKit.End(here));
        await kit.FinishAsync(NoticeKit.End(elsewhere));

        var report = NoticeKit.Read(await kit.NoticeAsync());
        Assert.Equal((ContentEncoding.EightBit, Content), (EncodingOf(report.Returned), await report.ReturnedTextAsync()));
        var sent = await OnlyQueuedAsync(kit);
        Assert.True(Ascii.IsValid(sent));
        Assert.Equal("text/rfc822-headers", NoticeKit.Read(sent).Returned.ContentType.MimeType);
    }

    [Fact]
    public async Task Internationalised_mail_comes_back_as_it_is_where_the_way_takes_it()
    {
        await using var kit = await NoticeKit.OpenAsync();
        const string Content = "Subject: Gr\u00fc\u00dfe\r\n\r\nbody\r\n";
        var envelope = NoticeKit.Envelope(NoticeKit.To("b\u00f6b@elsewhere.test", original: @"utf-8;b\x{F6}b@elsewhere.test")) with { SmtpUtf8 = true };
        var entry = (await kit.EnqueueAsync(envelope, Content))[0];

        await kit.FinishAsync(NoticeKit.End(entry) with { Diagnostic = "550 5.1.1 unbekannt: b\u00f6b" });

        var notice = await kit.NoticeAsync();
        var text = Encoding.UTF8.GetString(notice);
        Assert.Contains("report-type=global-delivery-status", text, StringComparison.Ordinal);
        Assert.Contains("Content-Type: message/global-delivery-status\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Original-Recipient: utf-8; b\u00f6b@elsewhere.test\r\nFinal-Recipient: utf-8; b\u00f6b@elsewhere.test\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + Content, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Internationalised_mail_comes_back_in_ASCII_where_the_way_may_not_take_it()
    {
        await using var kit = await NoticeKit.OpenAsync();
        const string Content = "Subject: Gr\u00fc\u00dfe\r\n\r\nbody\r\n";
        var envelope = From("cleo@elsewhere.test") with { SmtpUtf8 = true, Recipients = [NoticeKit.To("b\u00f6b@far.test", original: "utf-8;b\u00f6b@far.test")] };
        var entry = (await kit.EnqueueAsync(envelope, Content))[0];

        await kit.FinishAsync(NoticeKit.End(entry) with { Diagnostic = "550 5.1.1 unbekannt: b\u00f6b" });

        var sent = await OnlyQueuedAsync(kit);
        Assert.True(Ascii.IsValid(sent));
        var report = NoticeKit.Read(sent);
        Assert.Equal(@"utf-8; b\x{F6}b@far.test", report.OfRecipients[0]["Original-Recipient"]);
        Assert.Equal(@"utf-8; b\x{F6}b@far.test", report.OfRecipients[0]["Final-Recipient"]);
        Assert.Equal(@"smtp; 550 5.1.1 unbekannt: b\x{F6}b", report.OfRecipients[0]["Diagnostic-Code"]);
        Assert.Contains("b\u00f6b@far.test", report.Text, StringComparison.Ordinal);
        Assert.Equal(("message/global", ContentEncoding.Base64), (report.Returned.ContentType.MimeType, EncodingOf(report.Returned)));
        Assert.Equal(Content, await report.ReturnedTextAsync());
    }

    [Fact]
    public async Task A_sender_with_an_internationalised_address_elsewhere_gets_it_by_SMTPUTF8()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(From("cl\u00e9o@elsewhere.test") with { SmtpUtf8 = true }))[0];

        await kit.FinishAsync(NoticeKit.End(entry));

        var queued = Assert.Single(await kit.QueueAsync());
        Assert.Equal((true, BodyType.EightBitMime), (queued.Envelope.SmtpUtf8, queued.Envelope.Body));
        Assert.Contains("To: <cl\u00e9o@elsewhere.test>", Encoding.UTF8.GetString(await OnlyQueuedAsync(kit)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_of_no_charset_come_back_in_base64()
    {
        await using var kit = await NoticeKit.OpenAsync();
        byte[] content = [.. "Subject: "u8, 0xE4, .. "\r\n\r\nbody\r\n"u8];
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test")) with { Return = DsnReturn.Headers }, content))[0];

        await kit.FinishAsync(NoticeKit.End(entry));

        var report = NoticeKit.Read(await kit.NoticeAsync());
        Assert.Equal(("text/rfc822-headers", ContentEncoding.Base64), (report.Returned.ContentType.MimeType, EncodingOf(report.Returned)));
    }

    [Fact]
    public async Task What_strangers_say_ends_no_line_and_has_a_bound()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var envelope = NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test", original: "rfc822;a+0D+0AAction:+20delivered")) with { EnvelopeId = "x+0D+0AEvil:+20y" };
        var entry = (await kit.EnqueueAsync(envelope))[0];

        await kit.FinishAsync(NoticeKit.End(entry) with { Diagnostic = "550 a\r\nX-Evil: b\r\n\r\n--boundary " + new string('z', 10_000), RemoteMta = "mx\r\nX-Evil: c" });

        var notice = await kit.NoticeAsync();
        Assert.All(Encoding.ASCII.GetString(notice).Split("\r\n"), static line => Assert.True(line.Length <= 998));
        var report = NoticeKit.Read(notice);
        Assert.Equal(3, report.Body.Count);
        Assert.Null(report.OfMessage["Evil"]);
        Assert.Null(report.OfRecipients[0]["X-Evil"]);
        Assert.Equal("failed", report.OfRecipients[0]["Action"]);
        Assert.Single(report.OfRecipients[0], static field => field.Field == "Action");
    }

    [Fact]
    public async Task A_message_that_is_gone_is_reported_without_it()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test"))))[0] with { Content = new ContentId(999) };

        await kit.FinishAsync(NoticeKit.End(entry));

        Assert.Equal(2, NoticeKit.Read(await kit.NoticeAsync()).Body.Count);
    }

    [Theory]
    [InlineData("Failed", "5.0.0")]
    [InlineData("Delayed", "4.0.0")]
    public async Task There_is_a_status_in_any_case(string action, string status)
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test"))))[0];

        await kit.FinishAsync(NoticeKit.End(entry, Enum.Parse<DsnAction>(action)) with { Status = default });

        Assert.Equal(status, NoticeKit.Read(await kit.NoticeAsync()).OfRecipients[0]["Status"]);
    }

    private static Envelope From(string sender) =>
        NoticeKit.Envelope(NoticeKit.To("bob@far.test")) with { ReversePath = new ReversePath(EmailAddress.Parse(sender)) };

    private static ContentEncoding EncodingOf(MimeEntity entity) => Enum.TryParse<ContentEncoding>(
        entity.Headers[HeaderId.ContentTransferEncoding]?.Replace("8bit", "EightBit", StringComparison.Ordinal), true, out var encoding) ? encoding : ContentEncoding.Default;

    private static async Task<byte[]> OnlyQueuedAsync(NoticeKit kit)
    {
        var queued = Assert.Single(await kit.QueueAsync());
        var content = (await kit.Room.Store.Mail.ReadAllAsync(queued.Content))!;
        return content[queued.ContentOffset..];
    }
}
