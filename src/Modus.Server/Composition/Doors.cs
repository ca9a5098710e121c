using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Modus.Protocols.Imap;
using Modus.Protocols.Pop3;
using Modus.Protocols.Smtp;
using Modus.Server.Admin;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Composition;

/// <summary>A listener as it was opened.</summary>
/// <param name="Listener">What was configured.</param>
/// <param name="EndPoint">Where it listens, with the port that the system chose if it was to.</param>
internal sealed record OpenDoor(ListenerConfiguration Listener, IPEndPoint EndPoint);

/// <summary>Opens the configured listeners in Kestrel, and remembers where they ended up.</summary>
internal sealed class Doors(ServerConfiguration configuration)
{
    private readonly List<(ListenerConfiguration Listener, ListenOptions Options)> _opened = [];
    private ListenOptions? _http;

    /// <summary>The mail listeners; true once the server has started.</summary>
    public IReadOnlyList<OpenDoor> Opened =>
        [.. _opened.Select(door => new OpenDoor(door.Listener, door.Options.IPEndPoint!))];

    /// <summary>Where metrics and health are; null when they are switched off.</summary>
    public IPEndPoint? Http => _http?.IPEndPoint;

    public void Open(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30); // strangers fetch one thing and go
        foreach (var listener in configuration.OpenListeners)
            OpenListener(kestrel, listener);
        if (configuration.Http.Enabled)
        {
            kestrel.Listen(configuration.Http.Address, configuration.Http.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                _http = listen;
            });
        }

        kestrel.ListenUnixSocket(AdminSocket.PathIn(configuration.DataFolder), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseAdminDoor();
        });
    }

    private void OpenListener(KestrelServerOptions kestrel, ListenerConfiguration listener)
    {
        void Configure(ListenOptions listen)
        {
            _opened.Add((listener, listen));
            listen.Protocols = HttpProtocols.Http1; // of which nothing is spoken but at https: the other sessions end the middleware
            if (listener.Protocol == ListenerProtocol.Http)
            {
                listen.UsePlainDoor();
                return;
            }

            if (listener.Protocol == ListenerProtocol.Https) listen.UsePublicDoor();
            listen.UseModusTls(
                listener.TlsOnceOn ?? listener.Tls,
                asksForKeys: listener.Protocol == ListenerProtocol.Smtp,
                CertificateSources.Word(listener.Protocol),
                LiveSettings.NameOf(listener));
            switch (listener.Protocol)
            {
                case ListenerProtocol.Smtp: listen.UseSmtp(SmtpProfile.Relay); break;
                case ListenerProtocol.Submission: listen.UseSmtp(SmtpProfile.Submission); break;
                case ListenerProtocol.Pop3: listen.UsePop3(); break;
                case ListenerProtocol.Imap: listen.UseImap([.. listener.WithoutCapabilities]); break;
            }
        }

        if (listener.Addresses.Count == 0) kestrel.ListenAnyIP(listener.Port, Configure);
        foreach (var address in listener.Addresses) kestrel.Listen(address, listener.Port, Configure);
    }
}
