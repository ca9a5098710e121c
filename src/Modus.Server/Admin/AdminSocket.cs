using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Modus.Server.Admin;

/// <summary>The Unix domain socket beside the store. Who may open it may do everything, so it is the server account's alone.</summary>
internal static class AdminSocket
{
    private const string FileName = "admin.sock";

    public static string PathIn(string dataFolder) => Path.Combine(dataFolder, FileName);

    /// <summary>
    /// Binds as Kestrel would, but for a Unix socket takes every right from others before anybody can connect: a bound
    /// socket refuses connections until Kestrel listens on it.
    /// </summary>
    public static Socket Bind(EndPoint endPoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        if (endPoint is UnixDomainSocketEndPoint && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(endPoint.ToString()!, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return socket;
    }

    /// <summary>Removes what a killed server left behind. Call it only while holding the store open: nobody else serves it then.</summary>
    public static void RemoveStale(string dataFolder) => File.Delete(PathIn(dataFolder));
}
