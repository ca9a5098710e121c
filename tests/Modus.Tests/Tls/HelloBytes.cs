using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Modus.Tests.Tls;

/// <summary>Writes ClientHellos byte by byte, right ones and wrong ones.</summary>
internal sealed class HelloBytes
{
    public ushort LegacyVersion { get; init; } = 0x0303;

    public ushort[] Suites { get; init; } = [0x1301, 0x1302, 0xC02B, 0xC02F];

    public string? ServerName { get; init; } = "mail.example.org";

    public ushort[]? Versions { get; init; } = [0x0304, 0x0303];

    public ushort[]? Schemes { get; init; } = [0x0403, 0x0804, 0x0401];

    /// <summary>supported_groups; null leaves the extension out.</summary>
    public ushort[]? Groups { get; init; }

    public string[]? Alpn { get; init; }

    public int Padding { get; init; }

    /// <summary>The handshake message.</summary>
    public byte[] Message()
    {
        var body = new List<byte>();
        Add16(body, LegacyVersion);
        body.AddRange(Enumerable.Repeat((byte)7, 32));
        body.Add(0); // legacy_session_id
        Add16List(body, Suites);
        body.AddRange([1, 0]); // legacy_compression_methods: null
        var extensions = Extensions();
        if (extensions.Count > 0)
        {
            Add16(body, extensions.Count);
            body.AddRange(extensions);
        }

        return [1, (byte)(body.Count >> 16), (byte)(body.Count >> 8), (byte)body.Count, .. body];
    }

    /// <summary>The message in records of at most so many bytes.</summary>
    public byte[] Records(int fragment = 16_384) => Cut(Message(), fragment);

    public static byte[] Cut(byte[] message, params int[] fragments)
    {
        var wire = new List<byte>();
        var at = 0;
        for (var i = 0; at < message.Length; i++)
        {
            var take = Math.Min(fragments[i % fragments.Length], message.Length - at);
            wire.AddRange([22, 3, 1, (byte)(take >> 8), (byte)take, .. message.AsSpan(at, take)]);
            at += take;
        }

        return [.. wire];
    }

    /// <summary>The bytes in segments of these sizes, as a pipe may hold them.</summary>
    public static ReadOnlySequence<byte> Segments(byte[] bytes, params int[] sizes)
    {
        Segment? first = null, last = null;
        for (int at = 0, i = 0; at < bytes.Length; i++)
        {
            var take = Math.Min(sizes[i % sizes.Length], bytes.Length - at);
            last = new Segment(bytes.AsMemory(at, take), last);
            first ??= last;
            at += take;
        }

        return first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private List<byte> Extensions()
    {
        var all = new List<byte>();
        if (ServerName is { } name)
            AddExtension(all, 0, [.. Length16(name.Length + 3), 0, .. Length16(name.Length), .. Encoding.Latin1.GetBytes(name)]);
        if (Schemes is { } schemes)
            AddExtension(all, 13, List16(schemes));
        if (Groups is { } groups)
            AddExtension(all, 10, List16(groups));
        if (Alpn is { } alpn)
        {
            byte[] names = [.. alpn.SelectMany(static p => Encoding.Latin1.GetBytes(p).Prepend((byte)p.Length))];
            AddExtension(all, 16, [.. Length16(names.Length), .. names]);
        }

        if (Versions is { } versions)
            AddExtension(all, 43, [(byte)(versions.Length * 2), .. List16(versions).AsSpan(2)]);
        if (Padding > 0)
            AddExtension(all, 21, new byte[Padding]); // RFC 7685
        return all;
    }

    private static void AddExtension(List<byte> all, int type, byte[] content) =>
        all.AddRange([.. Length16(type), .. Length16(content.Length), .. content]);

    private static byte[] List16(ushort[] values)
    {
        var list = new List<byte>();
        Add16List(list, values);
        return [.. list];
    }

    private static void Add16List(List<byte> to, ushort[] values)
    {
        Add16(to, values.Length * 2);
        foreach (var value in values)
            Add16(to, value);
    }

    private static void Add16(List<byte> to, int value) => to.AddRange(Length16(value));

    private static byte[] Length16(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
