using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus cert acme …</c></summary>
internal static class CertAcmeCommands
{
    private const string StandardAccount = "default";

    public static Command Build(Terminal terminal) => new("acme", "Certificates that an authority issues and renews by itself (ACME).")
    {
        CertAcmeAccountCommands.Build(terminal, StandardAccount), Add(terminal), List(terminal), Renew(terminal), Remove(terminal),
    };

    private static Command Add(Terminal terminal)
    {
        var hosts = new Argument<string[]>("host") { Description = "The host names that it is for.", Arity = ArgumentArity.OneOrMore };
        var name = new Option<string?>("--as") { Description = "What it is called here. Without it, by its first host.", HelpName = "NAME" };
        var account = new Option<string>("--account") { Description = "The account that asks for it.", HelpName = "NAME", DefaultValueFactory = static _ => StandardAccount };
        var challenge = new Option<string>("--challenge") { Description = "How it is proven that the names are yours: tls-alpn-01 (port 443), http-01 (port 80) or dns-01.", HelpName = "KIND", DefaultValueFactory = static _ => "tls-alpn-01" };
        challenge.AcceptOnlyFromAmong([.. AcmeReport.Challenges.Keys]);
        var hook = new Option<string?>("--hook") { Description = "The program that puts TXT records into the DNS, for dns-01.", HelpName = "PROGRAM" };
        var keys = new Option<string[]>("--key") { Description = "ecdsa (P-256), ecdsa384, rsa2048, rsa3072 or rsa4096; twice for an ECDSA and an RSA key. Without it, ecdsa.", HelpName = "KIND" };
        keys.AcceptOnlyFromAmong([.. CertificateFaults.KeyTypes.Keys]);
        var profile = new Option<string?>("--profile") { Description = "Which of the authority's kinds of certificates, such as shortlived.", HelpName = "NAME" };
        var reuse = new Option<bool>("--reuse-key") { Description = "Keep the key when it is renewed, so that TLSA records and pins stay good." };
        var command = new Command("add", "Obtain a certificate, and renew it from now on.") { hosts, name, account, challenge, hook, keys, profile, reuse };
        var binding = new CertBindingOptions(command);
        command.SetAction((parsed, cancel) =>
        {
            var names = parsed.GetValue(hosts) ?? [];
            var wish = new AcmeWish(
                parsed.GetValue(name) ?? CertCommands.NameFor(names is [var first, ..] ? first : ""), parsed.GetValue(account)!, names, parsed.GetValue(challenge)!,
                parsed.GetValue(hook), parsed.GetValue(keys) is { Length: > 0 } kinds ? kinds : ["ecdsa"], parsed.GetValue(profile), parsed.GetValue(reuse), binding.Read(parsed));
            return new AdminRunner(terminal).RunAsync(parsed, AdminOperations.AddAcme, wish, row => Tell(terminal, row), cancel, Judge);
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "List what is obtained from authorities, and when each is renewed.");
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListAcme,
            new AcmeQuery(null),
            rows =>
            {
                TextTable.Write(
                    terminal.Out,
                    ["NAME", "HOSTS", "BY", "ACCOUNT", "STATE", "UNTIL", "RENEWED"],
                    [.. rows.Select(static row => new[]
                    {
                        row.Name, string.Join(", ", row.Hosts), row.Challenge, row.Account, Word(row.State), When(row, static one => one.NotAfter), When(row, static one => one.RenewAt),
                    })],
                    "Nothing is obtained by ACME. Begin: `modus cert acme account add --directory letsencrypt --contact ADDRESS --agree`, then `modus cert acme add HOST`.");
                foreach (var row in rows.Where(static row => row.Fault is not null)) Tell(terminal, row);
            },
            cancel,
            static rows => rows.All(static row => row.IsGood) ? ExitCode.Done : ExitCode.Fault));
        return command;
    }

    private static Command Renew(Terminal terminal)
    {
        var name = Named();
        var command = new Command("renew", "Obtain a certificate anew, now.") { name };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.RenewAcme, new AcmeName(parsed.GetRequiredValue(name)), row => Tell(terminal, row), cancel, Judge));
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var name = Named();
        var command = new Command("remove", "Renew a certificate no more; it stays until it expires or is removed itself.") { name };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(parsed, AdminOperations.RemoveAcme, new AcmeName(parsed.GetRequiredValue(name)), cancel));
        return command;
    }

    private static Argument<string> Named() => new("name") { Description = "The certificate's name." };

    private static int Judge(AcmeRow row) => row.IsGood ? ExitCode.Done : ExitCode.Fault;

    private static void Tell(Terminal terminal, AcmeRow row)
    {
        terminal.Out.WriteLine(row.State switch
        {
            AcmeStanding.Obtained => $"{row.Name} is there and served, until {When(row, static one => one.NotAfter)}; it is renewed by itself from {When(row, static one => one.RenewAt)} on.",
            AcmeStanding.Failing => $"{row.Name} could not be obtained ({row.Failures} times in a row): {row.Fault} It is tried again at {row.NextAttempt:u}, or at once by `modus cert acme renew {row.Name}`.",
            AcmeStanding.UnderWay => $"{row.Name} is being obtained. `modus cert acme list` shows what comes of it.",
            _ when row.IsServerThere => $"{row.Name} has not been obtained yet. `modus cert acme list` shows what comes of it.",
            _ => $"{row.Name} is obtained as soon as the server runs (`modus run`).",
        });
    }

    private static string When(AcmeRow row, Func<AcmeCertificateRow, DateTimeOffset> moment) => row.Certificates.Length > 0 ? $"{row.Certificates.Min(moment):u}" : "";

    private static string Word(AcmeStanding state) => state switch
    {
        AcmeStanding.Obtained => "obtained", AcmeStanding.UnderWay => "under way", AcmeStanding.Failing => "FAILING", _ => "waiting",
    };
}
