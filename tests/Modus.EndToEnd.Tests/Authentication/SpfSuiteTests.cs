using System.Net;
using Modus.Delivery.Authentication;
using Modus.Delivery.Authentication.Spf;
using Modus.Mail.Addresses;
using Xunit;

namespace Modus.EndToEnd.Tests.Authentication;

public sealed class SpfSuiteTests
{
    [Fact]
    public async Task The_suite_of_openspf_passes()
    {
        var suite = await SpfSuite.LoadAsync();
        var failed = new List<string>();
        foreach (var test in suite.Cases)
        {
            var result = await RunAsync(test);
            if (!test.Results.Contains(result.Outcome.ToWord()))
                failed.Add($"{test.Name}: {result.Outcome.ToWord()} ({result.Reason}) instead of {string.Join(" or ", test.Results)}");
        }

        Assert.InRange(suite.Cases.Count, 200, 1000);
        Assert.Empty(failed);
    }

    private static async Task<SpfResult> RunAsync(SpfSuite.Case test)
    {
        var verifier = new SpfVerifier(test.Zone);
        var host = IPAddress.Parse(test.Host);
        if (test.MailFrom.Length == 0) return await verifier.CheckAsync(host, test.Helo, ReversePath.Null, TestContext.Current.CancellationToken);

        // The suite has senders that cannot be said in SMTP: no local part is postmaster there (RFC 7208 §4.3), no domain is no policy.
        var (localPart, at) = (test.MailFrom[..test.MailFrom.LastIndexOf('@')], test.MailFrom.LastIndexOf('@'));
        if (!Domain.TryParse(test.MailFrom[(at + 1)..], out var domain)) return new SpfResult(AuthenticationOutcome.None);
        var sender = new ReversePath(EmailAddress.Create(localPart.Length > 0 ? localPart : "postmaster", domain));
        return await verifier.CheckAsync(host, test.Helo, sender, TestContext.Current.CancellationToken);
    }
}
