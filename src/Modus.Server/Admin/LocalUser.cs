using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Modus.Server.Admin;

/// <summary>Who is at the other end of the admin socket, as the kernel says.</summary>
internal static class LocalUser
{
    private const int SocketLevel = 1;     // SOL_SOCKET of Linux
    private const int PeerCredentials = 17; // SO_PEERCRED: struct ucred { pid, uid, gid }
    private const string Unknown = "an account of this machine";
    private const string Accounts = "/etc/passwd";

    /// <summary>The account's name, or <c>uid 1000</c> for one that <c>/etc/passwd</c> does not have.</summary>
    public static string At(Socket? socket)
    {
        if (socket is null || !OperatingSystem.IsLinux()) return Unknown;
        var credentials = new int[3];
        try
        {
            if (socket.GetRawSocketOption(SocketLevel, PeerCredentials, MemoryMarshal.AsBytes(credentials.AsSpan())) < 12) return Unknown;
        }
        catch (SocketException)
        {
            return Unknown; // it went away
        }

        return NameOf(credentials[1], File.Exists(Accounts) ? File.ReadLines(Accounts) : []) ?? $"uid {credentials[1]}";
    }

    internal static string? NameOf(int user, IEnumerable<string> accounts) => accounts
        .Select(static line => line.Split(':'))
        .FirstOrDefault(fields => fields.Length > 2 && fields[2] == $"{user}")?[0];
}
