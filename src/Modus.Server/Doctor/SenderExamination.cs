using System.Net;
using Modus.Delivery.Authentication.Signing;
using Modus.Delivery.Published;
using Modus.Mail.Addresses;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Doctor;

/// <summary>Whether others believe mail that a domain sends from here: SPF, DKIM, DMARC.</summary>
/// <param name="domain">The domain.</param>
/// <param name="facts">The facts.</param>
/// <param name="published">What is published.</param>
internal sealed class SenderExamination(Domain domain, DoctorFacts facts, PublishedRecords published)
{
    // A host has an address or two of each kind.
    private const int MaxAddresses = 4;

    public Examination Make() => new(DoctorArea.Domains, domain.Name, LookAsync);

    private async ValueTask LookAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        await LookAtSpfAsync(notes, cancellationToken);
        await LookAtDkimAsync(notes, cancellationToken);
        await LookAtDmarcAsync(notes, cancellationToken);
    }

    private async ValueTask LookAtSpfAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        if (facts.Routes.FirstOrDefault(static route => route.Domain == "*") is { } smarthost)
        {
            notes.Note($"SPF: mail leaves by {smarthost.Hosts[0]}, whose addresses the record of {domain} must allow: ask its owner for the include.");
            return;
        }

        var found = await published.FindAddressesAsync(facts.Hostname, cancellationToken);
        IReadOnlyList<IPAddress> addresses = [.. found.Records.Concat(HostExamination.OwnAddresses()).Where(HostExamination.IsPublic).Distinct().Take(MaxAddresses)];
        if (addresses.Count == 0) notes.Note("SPF: not checked, because the addresses that mail leaves from are not known here.");
        foreach (var address in addresses)
        {
            var spf = await published.CheckSpfAsync(address, facts.Hostname, domain, cancellationToken);
            var kind = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? "ip4" : "ip6";
            var add = $"Put {kind}:{address} into the SPF record of {domain}, before its \"all\".";
            switch (spf.Outcome)
            {
                case "pass": notes.Ok($"SPF: {address} may send."); break;
                case "none": notes.Warn("SPF: there is no record: others trust the domain's mail less.", $"{domain}. IN TXT \"v=spf1 mx {kind}:{address} -all\""); break;
                case "fail" or "softfail": notes.Fault($"SPF: {address} may not send for the domain ({spf.Outcome}): its mail is refused, or taken for spam.", add); break;
                case "permerror": notes.Fault($"SPF: {spf.Reason}, so that nobody can use the record.", $"{domain}. IN TXT \"v=spf1 mx {kind}:{address} -all\""); break;
                case "temperror": notes.Warn($"SPF: {spf.Reason}."); break;
                default: notes.Warn($"SPF: the record says nothing of {address} ({spf.Outcome}).", add); break;
            }
        }
    }

    private async ValueTask LookAtDkimAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        var keys = facts.Keys.Where(key => key.Domain == domain.Name && key.State != "retired").ToList();
        if (!keys.Exists(static key => key.State == "active"))
        {
            notes.Warn(
                keys.Count == 0 ? "DKIM: there is no key: the domain's mail leaves without a signature." : "DKIM: there are keys, and none of them signs yet.",
                keys.Count == 0 ? $"modus dkim create {domain}" : $"modus dkim rotate {domain}");
        }

        foreach (var key in keys)
        {
            var (publication, reason) = await published.CompareKeyAsync(key.RecordName, key.RecordText, cancellationToken);
            var line = LineOf(key);
            var signs = key.State == "active";
            switch (publication)
            {
                case KeyPublication.Published: notes.Ok($"DKIM: {key.Selector} ({key.Algorithm}, {key.State}) is published."); break;
                case KeyPublication.Unknown: notes.Warn($"DKIM: the DNS does not say whether {key.Selector} is there: {reason}."); break;
                case KeyPublication.Different: Say(signs, $"DKIM: what is published as {key.Selector} is not our key: {reason}."); break;
                default: Say(signs, $"DKIM: {key.Selector} ({key.Algorithm}, {key.State}) is not published{(signs ? ": its signatures cannot be verified" : "")}."); break;
            }

            void Say(bool isFault, string what)
            {
                if (isFault) notes.Fault(what, line);
                else notes.Note(what, line);
            }
        }
    }

    private async ValueTask LookAtDmarcAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        var dmarc = await published.FindDmarcAsync(domain, cancellationToken);
        if (dmarc.Policy is { } policy)
        {
            var test = dmarc.IsTest ? ", testing" : "";
            notes.Ok($"DMARC: p={policy}{test}{(dmarc.At == domain.Name ? "" : $", by the record of {dmarc.At}")}.");
            if (policy == "none") notes.Note("DMARC: p=none asks nobody to do anything about forged mail.", "Once reports show that your own mail passes: p=quarantine, then p=reject.");
        }
        else if (!dmarc.IsWhole)
        {
            notes.Warn("DMARC: the DNS does not say.");
        }
        else
        {
            notes.Warn("DMARC: there is no record (or several): large providers take less mail of such domains.", $"_dmarc.{domain}. IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@{domain}\"");
        }
    }

    // A character-string of a zone file holds 255 octets (RFC 1035 §3.3); an RSA key is longer.
    private static string LineOf(DkimRow key) =>
        $"{key.RecordName}. IN TXT {string.Join(' ', key.RecordText.Chunk(255).Select(static part => $"\"{new string(part)}\""))}";
}
