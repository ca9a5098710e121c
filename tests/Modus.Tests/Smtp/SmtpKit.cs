using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Modus.Mail.Addresses;
using Modus.Protocols.Sasl;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Modus.Testing.Smtp;

namespace Modus.Tests.Smtp;

/// <summary>An SMTP room with a recording delivery, one account (anna@example.com, "secret") and small bounds.</summary>
internal sealed class SmtpKit : IDisposable
{
    private readonly ServiceProvider _services;

    public SmtpKit(SmtpLimits? limits = null, FakeTimeProvider? clock = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        if (clock is not null) services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<IMessageDelivery>(Delivery);
        services.AddSingleton<IEnvelopeCheck, Check>();
        services.AddSingleton<IIdentitySource, Anna>();
        services.AddModusSmtp(o =>
        {
            o.HostName = "mail.example.com";
            o.Limits = limits ?? new SmtpLimits { MaxMessageSize = 100_000, MaxContentLine = 2000, MaxRecipients = 100, MaxHops = 10 };
        });
        _services = services.BuildServiceProvider();
    }

    public RecordingDelivery Delivery { get; } = new();

    public Func<ConnectionContext, Task> Handler(SmtpProfile profile) =>
        new SmtpConnectionHandler(_services.GetRequiredService<SmtpRoom>(), profile).OnConnectedAsync;

    public void Dispose() => _services.Dispose();

    private sealed class Check : IEnvelopeCheck
    {
        public ValueTask<SmtpReply?> CheckSenderAsync(EnvelopeQuery query, CancellationToken cancellationToken) =>
            new(query.ReversePath.Address?.LocalPart == "refused" ? new SmtpReply(553, new(5, 7, 1), "Not yours") : null);

        public ValueTask<SmtpReply?> CheckRecipientAsync(EnvelopeQuery query, ForwardPath recipient, CancellationToken cancellationToken) =>
            new(recipient.Address?.LocalPart == "nobody" ? new SmtpReply(550, new(5, 1, 1), "No such address here") : null);
    }

    private sealed class Anna : IIdentitySource
    {
        private static readonly EmailAddress Address = EmailAddress.Parse("anna@example.com");
        private static readonly ScramVerifier Verifier =
            ScramVerifierFactory.TryCreate("secret", out var verifier) ? verifier : throw new InvalidOperationException();

        public ValueTask<IdentityRecord?> FindAsync(string authenticationId, CancellationToken cancellationToken) => new(
            authenticationId == "anna@example.com"
                ? new IdentityRecord(new Identity(Address, new AccountId(1)), Verifier, Enabled: true)
                : null);
    }
}
