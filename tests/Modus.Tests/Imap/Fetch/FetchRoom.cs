using System.Buffers;
using System.Text;
using Modus.Protocols.Imap.Fetch;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Wire;
using Modus.Storage;
using Modus.Testing.Storage;
using Modus.Testing.Wire;
using Modus.Tests.Storage.Embedded;

namespace Modus.Tests.Imap.Fetch;

/// <summary>A store with one mailbox, and a client that fetches from it.</summary>
internal sealed class FetchRoom : IAsyncDisposable
{
    private FetchRoom(EmbeddedStoreUnderTest store, MailboxId mailbox)
    {
        Store = store;
        Mailbox = mailbox;
    }

    public EmbeddedStoreUnderTest Store { get; }

    public MailboxId Mailbox { get; }

    public static async Task<FetchRoom> OpenAsync()
    {
        var store = await EmbeddedStoreUnderTest.OpenAsync();
        var account = await store.AddAccountAsync("anna");
        return new FetchRoom(store, (await store.MailboxAsync(account.Id)).Id);
    }

    public static FetchRequest Parse(string attributes)
    {
        var parser = new ImapParser(Encoding.Latin1.GetBytes(attributes));
        return FetchParser.Take(ref parser, out var request) && parser.TakeEnd()
            ? request : throw new ArgumentException($"{attributes}: expected {parser.Expected}");
    }

    public Task<MailboxMessage> DeliverAsync(string message) => DeliverAsync(Encoding.Latin1.GetBytes(message));

    public async Task<MailboxMessage> DeliverAsync(byte[] message)
    {
        var result = await Store.Delivery.DeliverAsync(message, new DeliveryRequest
        {
            QueueId = QueueId.New(Store.Clock), InternalDate = Store.Clock.GetUtcNow(), Mailboxes = [new MailboxTarget(Mailbox)],
        });
        if (result.Value is null) throw new InvalidOperationException($"delivery: {result.Outcome}");
        return (await Store.MessagesAsync(Mailbox))[^1];
    }

    /// <summary>What the client gets, byte by byte.</summary>
    public async Task<(FetchOutcome Outcome, byte[] Bytes)> WriteAsync(
        MailboxMessage row, FetchRequest request, bool utf8 = false, bool isRecent = false, uint number = 1)
    {
        await using var connection = new InMemoryConnection();
        using var wire = new WireConnection(connection.Server, TimeProvider.System);
        var output = new ImapOutput(wire, TimeSpan.FromMinutes(1)) { IsUtf8 = utf8 };
        var received = ReadAllAsync(connection);
        var outcome = await new FetchWriter(Store.Mail).WriteAsync(output, request, number, row, isRecent, default);
        await output.FlushAsync();
        await connection.Server.Transport.Output.CompleteAsync();
        return (outcome, await received);
    }

    public async Task<FetchReply> FetchAsync(MailboxMessage row, string attributes, bool utf8 = false, bool isRecent = false)
    {
        var (outcome, bytes) = await WriteAsync(row, Parse(attributes), utf8, isRecent);
        if (outcome != FetchOutcome.Written) throw new InvalidOperationException($"{attributes}: {outcome}");
        return FetchReply.Read(bytes);
    }

    /// <summary>The whole line as text, Latin-1.</summary>
    public async Task<string> LineAsync(MailboxMessage row, string attributes, bool utf8 = false, bool isRecent = false) =>
        Encoding.Latin1.GetString((await WriteAsync(row, Parse(attributes), utf8, isRecent)).Bytes);

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private static async Task<byte[]> ReadAllAsync(InMemoryConnection connection)
    {
        await Task.Yield();
        var bytes = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            foreach (var segment in read.Buffer) bytes.Write(segment.Span);
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return bytes.WrittenSpan.ToArray();
        }
    }
}
