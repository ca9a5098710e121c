using Modus.Delivery.Local;
using Modus.Mail.Addresses;
using Modus.Protocols.Smtp;

namespace Modus.Delivery.TlsReports;

/// <summary>
/// Stands before the delivery of messages: of those that go to the address for reports it keeps a bounded copy, and reads the report when
/// the message was delivered. All others pass untouched. Thread-safe.
/// </summary>
internal sealed class ReportIntake(LocalDelivery delivery, TlsReportAddress address, ReceivedTlsReports reports, TimeProvider clock) : IMessageDelivery
{
    // How soon a change of the address counts; it saves a look into the store for each message.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);

    private volatile Reading? _last;

    public async ValueTask<IMessageSink> BeginAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var sink = await delivery.BeginAsync(message, cancellationToken);
        try
        {
            var wanted = await FindAddressAsync(cancellationToken);
            var isReport = wanted is not null && message.Envelope.Recipients.Any(recipient => wanted.Equals(recipient.Path.Address));
            return isReport ? new ReportSink(sink, reports) : sink;
        }
        catch
        {
            await sink.DisposeAsync();
            throw;
        }
    }

    private async ValueTask<EmailAddress?> FindAddressAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_last is { } last && now - last.At < Freshness) return last.Address;
        var found = await address.GetAsync(cancellationToken);
        _last = new Reading(found, now);
        return found;
    }

    private sealed record Reading(EmailAddress? Address, DateTimeOffset At);
}
