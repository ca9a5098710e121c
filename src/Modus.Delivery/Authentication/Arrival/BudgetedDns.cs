using System.Net;
using Modus.Delivery.Dns;
using Modus.Tls;

namespace Modus.Delivery.Authentication.Arrival;

/// <summary>The DNS for as long as the checks of one message may take: then no question has an answer. Thread-safe.</summary>
internal sealed class BudgetedDns(IMailDns dns, CancellationToken budget) : IMailDns
{
    private const string Reason = "the time for checks is over";

    public ValueTask<DnsAnswer<MxHost>> FindMxAsync(string domain, CancellationToken cancellationToken) =>
        AskAsync(dns.FindMxAsync, domain, domain);

    public ValueTask<DnsAnswer<IPAddress>> FindAddressesAsync(string host, CancellationToken cancellationToken) =>
        AskAsync(dns.FindAddressesAsync, host, host);

    public ValueTask<DnsAnswer<string>> FindTextAsync(string name, CancellationToken cancellationToken) =>
        AskAsync(dns.FindTextAsync, name, name);

    public ValueTask<DnsAnswer<TlsaRecord>> FindTlsaAsync(string host, int port, CancellationToken cancellationToken) =>
        AskAsync((name, cancel) => dns.FindTlsaAsync(name, port, cancel), host, host);

    public ValueTask<DnsAnswer<SrvHost>> FindServicesAsync(string name, CancellationToken cancellationToken) =>
        AskAsync(dns.FindServicesAsync, name, name);

    public ValueTask<DnsAnswer<string>> FindNamesAsync(IPAddress address, CancellationToken cancellationToken) =>
        AskAsync(dns.FindNamesAsync, address, address.ToString());

    // The budget ends the waiting also where the asking does not end.
    private async ValueTask<DnsAnswer<T>> AskAsync<TName, T>(
        Func<TName, CancellationToken, ValueTask<DnsAnswer<T>>> ask, TName asked, string name)
    {
        if (budget.IsCancellationRequested) return new DnsAnswer<T>(DnsOutcome.Failed, [], false, name, Reason);
        try
        {
            var question = ask(asked, budget);
            return question.IsCompletedSuccessfully ? question.Result : await question.AsTask().WaitAsync(budget);
        }
        catch (OperationCanceledException) when (budget.IsCancellationRequested)
        {
            return new DnsAnswer<T>(DnsOutcome.Failed, [], false, name, Reason);
        }
    }
}
