using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Modus.Protocols.Sasl.Throttling;

/// <summary>
/// Makes guessing slow: counts failed logins by remote address and by name. A name over its bound still lets in addresses
/// that logged in by it before, so that a guesser cannot lock its owner out. Names are kept as hashes under a key of this process:
/// a stranger makes a name as long as a line of a login, and must not choose what collides. Thread-safe.
/// </summary>
internal sealed class LoginThrottle(SaslOptions options, TimeProvider clock)
{
    private static readonly TimeSpan FamiliarFor = TimeSpan.FromDays(30);

    private readonly ExpiringMap<UInt128, int> _addresses = new(clock, options.AddressWindow, options.Remembered);
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ExpiringMap<UInt128, int> _names = new(clock, options.AccountWindow, options.Remembered);
    private readonly ExpiringMap<(UInt128, UInt128), bool> _familiar = new(clock, FamiliarFor, options.Remembered);

    public bool IsRefused(IPAddress? remote, string name)
    {
        var address = ToKey(remote);
        if (_addresses.TryGet(address, out var failures) && failures >= options.FailuresPerAddress) return true;
        var key = ToKey(name);
        return _names.TryGet(key, out failures)
            && failures >= options.FailuresPerAccount
            && !_familiar.TryGet((address, key), out _);
    }

    public void Failed(IPAddress? remote, string name)
    {
        _addresses.Change(ToKey(remote), 1, static count => count + 1);
        _names.Change(ToKey(name), 1, static count => count + 1);
    }

    // Does not clear the address's count: else a guesser would log in to an account of his own now and then.
    public void Succeeded(IPAddress? remote, string name) => _familiar.Set((ToKey(remote), ToKey(name)), true);

    private UInt128 ToKey(string name)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, MemoryMarshal.AsBytes(name.AsSpan()), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    // One customer of an access network has a /64 and every address in it.
    private static UInt128 ToKey(IPAddress? remote)
    {
        if (remote is null) return UInt128.Zero;
        if (remote.IsIPv4MappedToIPv6) remote = remote.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        remote.TryWriteBytes(bytes, out _);
        if (remote.AddressFamily == AddressFamily.InterNetworkV6) bytes[8..].Clear();
        else bytes[15] = 4; // keeps 0.0.0.0/8 and the like apart from IPv6 prefixes
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
