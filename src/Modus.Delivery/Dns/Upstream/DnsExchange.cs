using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns.Upstream;

/// <summary>
/// One question to one resolver: by UDP from a port and with an id that nobody can guess, over a socket that hears nobody else, and by
/// TCP when the answer is too long (RFC 7766 §5).
/// </summary>
internal sealed class DnsExchange(IPEndPoint resolver, TimeSpan timeout, TimeProvider clock)
{
    private const int QuestionLength = DnsMessage.HeaderLength + DnsName.MaxLength + 15;

    // Whoever guesses may try this often before the question is given up.
    private const int MaxStrayDatagrams = 16;

    public async ValueTask<(DnsMessage? Reply, string? Fault)> AskAsync(
        DnsName name, DnsType type, DnsQuestionFlags flags, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var (reply, fault) = await AskByUdpAsync(name, type, flags, stop.Token);
            return reply is { IsTruncated: true } ? await AskByTcpAsync(name, type, flags, stop.Token) : (reply, fault);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "does not answer in time");
        }
        catch (SocketException gone)
        {
            return (null, $"cannot be reached ({gone.SocketErrorCode})");
        }
    }

    private async ValueTask<(DnsMessage? Reply, string? Fault)> AskByUdpAsync(
        DnsName name, DnsType type, DnsQuestionFlags flags, CancellationToken cancellationToken)
    {
        using var socket = new Socket(resolver.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(resolver, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(DnsMessage.UdpPayload);
        try
        {
            var id = NewId();
            var length = DnsMessage.WriteQuestion(buffer, id, name, type, flags);
            await socket.SendAsync(buffer.AsMemory(0, length), cancellationToken);
            for (var stray = 0; stray < MaxStrayDatagrams; stray++)
            {
                length = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                if (DnsMessage.TryParse(buffer.AsSpan(0, length), out var reply) && IsReplyTo(reply, id, name, type)) return (reply, null);
            }

            return (null, "is answered for by somebody else: too many replies that fit no question");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<(DnsMessage? Reply, string? Fault)> AskByTcpAsync(
        DnsName name, DnsType type, DnsQuestionFlags flags, CancellationToken cancellationToken)
    {
        using var socket = new Socket(resolver.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(resolver, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(ushort.MaxValue);
        try
        {
            var id = NewId();
            var length = DnsMessage.WriteQuestion(buffer.AsSpan(sizeof(ushort), QuestionLength), id, name, type, flags);
            BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)length);
            for (var sent = 0; sent < sizeof(ushort) + length;)
                sent += await socket.SendAsync(buffer.AsMemory(sent, sizeof(ushort) + length - sent), cancellationToken);
            if (!await TryFillAsync(socket, buffer.AsMemory(0, sizeof(ushort)), cancellationToken)) return (null, "hangs up");
            length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
            if (!await TryFillAsync(socket, buffer.AsMemory(0, length), cancellationToken)) return (null, "hangs up");
            return DnsMessage.TryParse(buffer.AsSpan(0, length), out var reply) && IsReplyTo(reply, id, name, type) && !reply.IsTruncated
                ? (reply, null)
                : (null, "answers with something that is no reply");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<bool> TryFillAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (buffer.Length > 0)
        {
            var count = await socket.ReceiveAsync(buffer, cancellationToken);
            if (count == 0) return false;
            buffer = buffer[count..];
        }

        return true;
    }

    private static bool IsReplyTo(DnsMessage reply, ushort id, DnsName name, DnsType type) =>
        reply.Id == id && reply.Type == type && reply.Name.Equals(name);

    private static ushort NewId() => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
}
