using System.Globalization;
using System.Text;
using CsCheck;
using MimeKit;
using MimeKit.Utils;
using Modus.Tests.Mail.Structure;
using Xunit;

namespace Modus.Tests.Imap.Fetch;

/// <summary>What FETCH tells of odd messages is what MimeKit, which reads them as a client would, finds in them.</summary>
public sealed class MimeKitComparisonTests
{
    private const int Batch = 200;

    public static TheoryData<string> Names => [.. FetchCorpus.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Parts_hold_what_MimeKit_finds(string name)
    {
        await using var room = await FetchRoom.OpenAsync();
        await AssertPartsAsync(room, FetchCorpus.All[name]);
    }

    [Fact]
    public async Task Parts_of_made_messages_hold_what_MimeKit_finds()
    {
        await using var room = await FetchRoom.OpenAsync();
        await Mails.Generated.SampleAsync(mail => AssertPartsAsync(room, mail), iter: 60, threads: 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Structures_are_what_MimeKit_finds(string name)
    {
        await using var room = await FetchRoom.OpenAsync();
        var row = await room.DeliverAsync(FetchCorpus.All[name]);
        var message = Load(FetchCorpus.All[name]);
        if (message?.Body is null) return;
        foreach (var utf8 in new[] { false, true })
        {
            var reply = await room.FetchAsync(row, "(BODY BODYSTRUCTURE)", utf8);
            AssertBody((List<object?>)reply["BODYSTRUCTURE"]!, message.Body, extended: true);
            AssertBody((List<object?>)reply["BODY"]!, message.Body, extended: false);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Envelopes_are_what_MimeKit_finds(string name)
    {
        await using var room = await FetchRoom.OpenAsync();
        var row = await room.DeliverAsync(FetchCorpus.All[name]);
        if (Load(FetchCorpus.All[name]) is not { } message) return;
        foreach (var utf8 in new[] { false, true })
            AssertEnvelope((List<object?>)(await room.FetchAsync(row, "ENVELOPE", utf8))["ENVELOPE"]!, message);
    }

    private static async Task AssertPartsAsync(FetchRoom room, byte[] mail)
    {
        var row = await room.DeliverAsync(mail);
        Assert.Equal(mail, (await room.FetchAsync(row, "BODY.PEEK[]")).Bytes("BODY[]"));
        if (Load(mail) is not { Body: not null } message) return;
        foreach (var batch in InMessage(message, "").Chunk(Batch / 4))
        {
            var asked = batch.SelectMany(part => new[] { $"BODY.PEEK[{part.Path}]", $"BODY.PEEK[{part.Path}.MIME]", $"BINARY.PEEK[{part.Path}]", $"BINARY.SIZE[{part.Path}]" });
            var reply = await room.FetchAsync(row, $"({string.Join(' ', asked)})");
            foreach (var (path, entity) in batch) AssertPart(reply, path, entity);
        }
    }

    private static void AssertPart(FetchReply reply, string path, MimeEntity entity)
    {
        var (body, binary) = (reply.Bytes($"BODY[{path}]"), reply.Bytes($"BINARY[{path}]"));
        Assert.Equal(binary.Length.ToString(CultureInfo.InvariantCulture), reply[$"BINARY.SIZE[{path}]"]);
        AssertHeader(reply.Bytes($"BODY[{path}.MIME]"), entity.Headers);
        if (entity is not MimeKit.MimePart { Content: { } content })
        {
            Assert.Equal(body, binary);
            return;
        }

        using var encoded = new MemoryStream();
        content.WriteTo(encoded);
        Assert.Equal(encoded.ToArray(), body);
        using var decoded = new MemoryStream();
        content.DecodeTo(decoded);
        Assert.Equal(decoded.ToArray(), binary);
    }

    // The fields of the part are there; at the top those of the message are, too.
    private static void AssertHeader(byte[] header, HeaderList expected)
    {
        var found = header.Length == 0 ? [] : HeaderList.Load(new MemoryStream(header));
        Assert.All(expected, field => Assert.Contains(found, other => other.Id == field.Id && other.RawValue.SequenceEqual(field.RawValue)));
    }

    private static IEnumerable<(string Path, MimeEntity Entity)> InMessage(MimeMessage message, string prefix) => message.Body switch
    {
        null => [],
        Multipart multipart => InMultipart(multipart, prefix),
        var single => InEntity(single, prefix + "1"),
    };

    private static IEnumerable<(string Path, MimeEntity Entity)> InMultipart(Multipart multipart, string prefix) =>
        multipart.SelectMany((child, i) => InEntity(child, $"{prefix}{i + 1}"));

    private static IEnumerable<(string Path, MimeEntity Entity)> InEntity(MimeEntity entity, string path) => new[] { (path, entity) }.Concat(entity switch
    {
        Multipart multipart => InMultipart(multipart, path + "."),
        MessagePart { Message: { } message } => InMessage(message, path + "."),
        _ => [],
    });

    private static void AssertBody(List<object?> body, MimeEntity entity, bool extended)
    {
        if (entity is Multipart multipart)
        {
            for (var i = 0; i < multipart.Count; i++) AssertBody((List<object?>)body[i]!, multipart[i], extended);
            Assert.Equal(multipart.ContentType.MediaSubtype, Text(body[multipart.Count]), ignoreCase: true);
            Assert.Equal(multipart.Count + (extended ? 5 : 1), body.Count);
            if (extended) AssertParameters(body[multipart.Count + 1], multipart.ContentType.Parameters);
            return;
        }

        Assert.Equal(entity.ContentType.MimeType, $"{Text(body[0])}/{Text(body[1])}", ignoreCase: true);
        AssertParameters(body[2], entity.ContentType.Parameters);
        Assert.Equal(entity.ContentId, Text(body[3])?.Trim('<', '>'));
        Assert.Equal(entity.Headers[HeaderId.ContentDescription], Text(body[4]));
        Assert.Equal(entity.Headers[HeaderId.ContentTransferEncoding] ?? "7bit", Text(body[5]), ignoreCase: true);
        if (entity is MimeKit.MimePart { Content: { } content }) AssertSize(body, content);
        var basic = 7;
        if (entity is MessagePart { Message: { } inner })
        {
            AssertEnvelope((List<object?>)body[7]!, inner);
            AssertBody((List<object?>)body[8]!, inner.Body!, extended);
            basic = 10;
        }
        else if (entity.ContentType.IsMimeType("text", "*"))
        {
            basic = 8;
        }

        Assert.Equal(extended ? basic + 4 : basic, body.Count);
        if (!extended) return;
        Assert.Equal(entity.Headers[HeaderId.ContentMd5], Text(body[basic]));
        Assert.Equal(entity.ContentDisposition?.Disposition, Text((body[basic + 1] as List<object?>)?[0]));
        if (entity.ContentDisposition is { } disposition) AssertParameters(((List<object?>)body[basic + 1]!)[1], disposition.Parameters);
        var languages = body[basic + 2] is List<object?> many ? many.Select(Text) : body[basic + 2] is null ? [] : [Text(body[basic + 2])];
        Assert.Equal(entity.Headers[HeaderId.ContentLanguage] ?? "", string.Join(", ", languages));
        Assert.Equal(entity.Headers[HeaderId.ContentLocation], Text(body[basic + 3]));
    }

    private static void AssertSize(List<object?> body, IMimeContent content)
    {
        using var encoded = new MemoryStream();
        content.WriteTo(encoded);
        var bytes = encoded.ToArray();
        Assert.Equal(bytes.Length.ToString(CultureInfo.InvariantCulture), body[6]);
        if (Text(body[0]) != "text") return;
        var lines = bytes.Count(static octet => octet == '\n') + (bytes.Length == 0 || bytes[^1] == '\n' ? 0 : 1);
        Assert.Equal(lines.ToString(CultureInfo.InvariantCulture), body[7]);
    }

    // As a client reads them: put into a header field again, which undoes RFC 2231.
    private static void AssertParameters(object? value, ParameterList expected)
    {
        var field = new StringBuilder("x/y");
        var pairs = ((List<object?>?)value ?? []).Chunk(2).ToList();
        foreach (var pair in pairs)
        {
            var quoted = "\"" + Text(pair[1])!.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
            field.Append("; ").Append(Text(pair[0])).Append('=').Append(Text(pair[0])!.EndsWith('*') ? Text(pair[1]) : quoted);
        }

        var read = ContentType.Parse(Encoding.UTF8.GetBytes(field.ToString()));
        Assert.Equal(expected.Select(p => (p.Name.ToLowerInvariant(), p.Value)), read.Parameters.Select(p => (p.Name.ToLowerInvariant(), p.Value)));
        Assert.True(value is null || pairs.Count > 0);
    }

    private static void AssertEnvelope(List<object?> envelope, MimeMessage message)
    {
        Assert.Equal(10, envelope.Count);
        if (message.Headers.Contains(HeaderId.Date)) Assert.Equal(message.Date, DateUtils.TryParse(Text(envelope[0])!, out var date) ? date : default);
        Assert.Equal(message.Subject, envelope[1] is byte[] subject ? Rfc2047.DecodeText(subject) : null);
        AssertAddresses(message.From, envelope[2]);
        if (message.Sender is null) AssertAddresses(message.From, envelope[3]);
        if (message.ReplyTo.Count == 0) AssertAddresses(message.From, envelope[4]);
        AssertAddresses(message.To, envelope[5]);
        AssertAddresses(message.Cc, envelope[6]);
        AssertAddresses(message.Bcc, envelope[7]);
        Assert.Equal(message.InReplyTo, Text(envelope[8])?.Trim('<', '>'));
        Assert.Equal(message.Headers[HeaderId.MessageId] is null ? null : message.MessageId, Text(envelope[9])?.Trim('<', '>'));
    }

    private static void AssertAddresses(InternetAddressList expected, object? value)
    {
        Assert.Equal(expected.Count == 0, value is null);
        var found = ((List<object?>?)value ?? []).Cast<List<object?>>().Select(one => (Name(one[0]), Name(one[2]), Text(one[3])));
        Assert.Equal(expected.SelectMany(Flatten), found);
    }

    private static IEnumerable<(string?, string?, string?)> Flatten(InternetAddress address) => address switch
    {
        GroupAddress group => group.Members.SelectMany(Flatten).Prepend((null, group.Name, null)).Append((null, null, null)),
        MailboxAddress mailbox => [(mailbox.Name is "" ? null : mailbox.Name, mailbox.LocalPart, mailbox.Domain)],
        _ => [],
    };

    private static MimeMessage? Load(byte[] mail) => mail.Length == 0 ? null : MimeMessage.Load(new MemoryStream(mail));

    private static string? Name(object? value) => value is byte[] bytes ? Rfc2047.DecodePhrase(bytes) : null;

    private static string? Text(object? value) => value switch
    {
        null => null,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        _ => (string)value,
    };
}
