using System.Net.Sockets;
using Modus.Delivery.Dns;

namespace Modus.Delivery.Authentication.Spf;

/// <summary>One run of check_host() (RFC 7208 §4) with its bounds, which includes and redirects share. Not thread-safe.</summary>
internal sealed class SpfCheck(IMailDns dns, SpfSender sender)
{
    private int _terms;
    private int _voidLookups;
    private string? _clientName;

    /// <summary>What a domain says of the client.</summary>
    public async ValueTask<(AuthenticationOutcome Outcome, string? Reason)> RunAsync(string domain, int depth, CancellationToken cancellationToken)
    {
        if (depth > AuthenticationLimits.SpfDepth) return TooMuch;
        if (!IsName(domain)) return (AuthenticationOutcome.None, null);
        var answer = await dns.FindTextAsync(domain, cancellationToken);
        if (answer.Outcome == DnsOutcome.Failed) return (AuthenticationOutcome.TempError, $"the DNS did not answer for {domain}");
        var records = answer.Records.Where(SpfRecord.IsRecord).Take(2).ToList();
        if (records.Count == 0) return (AuthenticationOutcome.None, null);
        if (records.Count > 1) return (AuthenticationOutcome.PermError, $"{domain} has several records");
        if (SpfRecord.Parse(records[0]) is not { } record) return (AuthenticationOutcome.PermError, $"the record of {domain} has a fault");

        foreach (var term in record.Terms)
        {
            var (matches, fault) = await MatchAsync(term, domain, depth, cancellationToken);
            if (fault is not null) return fault.Value;
            if (matches) return (term.Result, null);
        }

        return record.Redirect is { } redirect
            ? await RedirectAsync(redirect, domain, depth, cancellationToken)
            : (AuthenticationOutcome.Neutral, null);
    }

    private static (AuthenticationOutcome, string?) TooMuch => (AuthenticationOutcome.PermError, "the record asks too much of the DNS");

    private async ValueTask<(AuthenticationOutcome, string?)> RedirectAsync(string redirect, string domain, int depth, CancellationToken cancellationToken)
    {
        if (++_terms > AuthenticationLimits.SpfTerms) return TooMuch;
        var target = await ExpandAsync(redirect, domain, cancellationToken);
        var result = await RunAsync(target, depth + 1, cancellationToken);
        return result.Outcome == AuthenticationOutcome.None ? (AuthenticationOutcome.PermError, $"{target} has no record") : result; // RFC 7208 §6.1
    }

    private async ValueTask<(bool Matches, (AuthenticationOutcome, string?)? Fault)> MatchAsync(
        SpfTerm term, string domain, int depth, CancellationToken cancellationToken)
    {
        if (term.Mechanism == SpfMechanism.All) return (true, null);
        if (term.Mechanism == SpfMechanism.Ip) return (term.Network.BaseAddress.AddressFamily == sender.Address.AddressFamily && term.Network.Contains(sender.Address), null);
        if (++_terms > AuthenticationLimits.SpfTerms) return (false, TooMuch);

        var target = term.Domain is null ? domain : await ExpandAsync(term.Domain, domain, cancellationToken);
        if (term.Mechanism == SpfMechanism.Include) return await IncludeAsync(target, depth, cancellationToken);
        if (!IsName(target)) return (false, null); // no name that there could be anything at
        var (matches, fault) = term.Mechanism switch
        {
            SpfMechanism.A => await AddressMatchesAsync(term, target, cancellationToken),
            SpfMechanism.Mx => await ExchangerMatchesAsync(term, target, cancellationToken),
            SpfMechanism.Ptr => (await NameMatchesAsync(target, cancellationToken), null),
            _ => await ExistsAsync(target, cancellationToken),
        };
        if (fault is null && _voidLookups > AuthenticationLimits.SpfVoidLookups) return (false, TooMuch);
        return (matches, fault);
    }

    // RFC 7208 §5.2
    private async ValueTask<(bool, (AuthenticationOutcome, string?)?)> IncludeAsync(string target, int depth, CancellationToken cancellationToken)
    {
        var result = await RunAsync(target, depth + 1, cancellationToken);
        return result.Outcome switch
        {
            AuthenticationOutcome.Pass => (true, null),
            AuthenticationOutcome.TempError or AuthenticationOutcome.PermError => (false, result),
            AuthenticationOutcome.None => (false, (AuthenticationOutcome.PermError, $"{target} has no record")),
            _ => (false, null),
        };
    }

    private async ValueTask<(bool, (AuthenticationOutcome, string?)?)> AddressMatchesAsync(SpfTerm term, string host, CancellationToken cancellationToken)
    {
        var answer = await dns.FindAddressesAsync(host, cancellationToken);
        if (answer.Outcome == DnsOutcome.Failed) return (false, (AuthenticationOutcome.TempError, $"the DNS did not answer for {host}"));
        var ofFamily = answer.Records.Where(address => address.AddressFamily == sender.Address.AddressFamily).ToList();
        if (ofFamily.Count == 0) _voidLookups++;
        return (ofFamily.Exists(address => SpfAddresses.Matches(term, sender.Address, address)), null);
    }

    private async ValueTask<(bool, (AuthenticationOutcome, string?)?)> ExchangerMatchesAsync(SpfTerm term, string domain, CancellationToken cancellationToken)
    {
        var answer = await dns.FindMxAsync(domain, cancellationToken);
        if (answer.Outcome == DnsOutcome.Failed) return (false, (AuthenticationOutcome.TempError, $"the DNS did not answer for {domain}"));
        if (answer.Records.Count == 0) _voidLookups++;
        if (answer.Records.Count > AuthenticationLimits.SpfNames) return (false, TooMuch);
        foreach (var exchanger in answer.Records.OrderBy(static exchanger => exchanger.Preference))
        {
            if (exchanger.Host.Length == 0) continue;
            var (matches, fault) = await AddressMatchesAsync(term, exchanger.Host, cancellationToken);
            if (fault is not null || matches) return (matches, fault);
            if (_voidLookups > AuthenticationLimits.SpfVoidLookups) return (false, TooMuch);
        }

        return (false, null);
    }

    // Always A records, whatever the client's family (RFC 7208 §5.7)
    private async ValueTask<(bool, (AuthenticationOutcome, string?)?)> ExistsAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await dns.FindAddressesAsync(name, cancellationToken);
        if (answer.Outcome == DnsOutcome.Failed) return (false, (AuthenticationOutcome.TempError, $"the DNS did not answer for {name}"));
        var exists = answer.Records.Any(static address => address.AddressFamily == AddressFamily.InterNetwork);
        if (!exists) _voidLookups++;
        return (exists, null);
    }

    private async ValueTask<bool> NameMatchesAsync(string domain, CancellationToken cancellationToken)
    {
        await foreach (var name in FindClientNamesAsync(cancellationToken))
            if (IsAtOrBelow(name, domain)) return true;
        return false;
    }

    // RFC 7208 §5.5: the names of the address that lead back to it; faults of the DNS leave a name out
    private async IAsyncEnumerable<string> FindClientNamesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var answer = await dns.FindNamesAsync(sender.Address, cancellationToken);
        if (answer.Outcome is DnsOutcome.NoData or DnsOutcome.NoName) _voidLookups++;
        foreach (var name in answer.Records.Take(AuthenticationLimits.SpfNames))
        {
            var addresses = await dns.FindAddressesAsync(name, cancellationToken);
            if (addresses.Records.Contains(sender.Address)) yield return name.TrimEnd('.').ToLowerInvariant();
        }
    }

    private async ValueTask<string> ExpandAsync(string text, string domain, CancellationToken cancellationToken)
    {
        if (SpfMacro.AsksForName(text)) _clientName ??= await FindClientNameAsync(domain, cancellationToken);
        return SpfMacro.Expand(text, sender, domain, _clientName ?? "unknown");
    }

    // %{p} (RFC 7208 §7.3): the domain itself before a name below it, before any other
    private async ValueTask<string> FindClientNameAsync(string domain, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var name in FindClientNamesAsync(cancellationToken)) names.Add(name);
        return names.Find(name => name == domain) ?? names.Find(name => IsAtOrBelow(name, domain)) ?? names.FirstOrDefault() ?? "unknown";
    }

    private static bool IsAtOrBelow(string name, string domain) =>
        name == domain || (name.EndsWith(domain, StringComparison.Ordinal) && name[^(domain.Length + 1)] == '.');

    private static bool IsName(string name)
    {
        if (name.Length is 0 or > 253) return false;
        foreach (var label in name.AsSpan().Split('.'))
            if (name.AsSpan()[label].Length is 0 or > 63) return false;
        return true;
    }
}
