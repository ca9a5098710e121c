using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Client;
using Modus.Protocols.Wire;
using Modus.Testing.Smtp;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Smtp.Client;

/// <summary>A client of ours, and a server that does as it is told.</summary>
internal sealed class SmtpClientKit : IAsyncDisposable
{
    public static readonly TlsClientRequest AnyTls = new() { ServerName = "mx.peer.test", Verification = new TlsVerification.None() };

    private readonly ServiceProvider _services;

    public SmtpClientKit(ScriptedPeer? peer = null, SmtpClientLimits? limits = null, FakeTimeProvider? clock = null, IConnector? connector = null)
    {
        Server = new ScriptedSmtpServer(peer, clock);
        var services = new ServiceCollection();
        services.AddLogging();
        if (clock is not null) services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(connector ?? Server);
        services.AddModusSmtpClient(options =>
        {
            options.HostName = "client.test";
            options.Limits = limits ?? new SmtpClientLimits();
        });
        _services = services.BuildServiceProvider();
    }

    public ScriptedSmtpServer Server { get; }

    public ISmtpClient Client => _services.GetRequiredService<ISmtpClient>();

    /// <summary>What a host would start: the TLS room's self-test among others.</summary>
    public async Task StartAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
    }

    public static SmtpHop Hop(SmtpTlsUse tls = SmtpTlsUse.WhenOffered) =>
        new() { EndPoint = ScriptedSmtpServer.Anywhere, Host = "mx.peer.test", Tls = tls, Handshake = AnyTls };

    /// <summary>A transfer from a@client.test of a content, to these.</summary>
    public static SmtpTransfer Transfer(string content, params string[] recipients) =>
        Transfer(new Envelope
        {
            ReversePath = new ReversePath(EmailAddress.Parse("a@client.test")),
            Recipients = [.. recipients.Select(static r => new EnvelopeRecipient(new ForwardPath(EmailAddress.Parse(r))))],
        }, Encoding.UTF8.GetBytes(content));

    public static SmtpTransfer Transfer(Envelope envelope, byte[] content) => new()
    {
        Envelope = envelope,
        Size = content.Length,
        OpenContent = _ => new(new MemoryStream(content)),
    };

    /// <summary>Opens, and counts on it.</summary>
    public async Task<ISmtpClientSession> OpenAsync(SmtpHop? hop = null)
    {
        var opening = await Client.OpenAsync(hop ?? Hop(), CancellationToken.None);
        Assert.True(opening.Outcome == SmtpOpenOutcome.Ready, $"{opening.Outcome}: {opening.Reason} {opening.Reply}");
        return opening.Session!;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _services.DisposeAsync();
    }
}

internal static class SmtpClientTime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Turns the clock until something ends.</summary>
    /// <returns>How much time it took, by that clock.</returns>
    public static async Task<TimeSpan> PassUntilAsync(this FakeTimeProvider clock, Task task)
    {
        var began = clock.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        while (!task.IsCompleted && Stopwatch.GetElapsedTime(started) < Patience)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1); // what the tick woke shall have its turn
        }

        await task.WaitAsync(TimeSpan.FromSeconds(1));
        return clock.GetUtcNow() - began;
    }
}
