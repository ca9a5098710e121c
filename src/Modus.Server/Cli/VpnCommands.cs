using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Delivery.Vpn;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Cli;

/// <summary><c>modus vpn …</c></summary>
internal static class VpnCommands
{
    public static Command Build(Terminal terminal) => new("vpn", "Gateways that exchange mail by each other's keys alone.")
    {
        Invite(terminal), Join(terminal), Add(terminal), List(terminal), Show(terminal), Rotate(terminal), Leave(terminal),
    };

    private static Command Invite(Terminal terminal)
    {
        var domains = new Argument<string[]>("peer-domain") { Description = "The partner's domains.", Arity = ArgumentArity.OneOrMore };
        var own = new Option<string[]>("--domain") { Description = "A domain of ours; all without it. May be repeated.", HelpName = "NAME" };
        var host = new Option<string?>("--host") { Description = "Where the partner reaches our https listener.", HelpName = "HOST:PORT" };
        var address = new Option<string[]>("--address") { Description = "An address that we send from; may be repeated.", HelpName = "ADDRESS" };
        var peerAddress = new Option<string[]>("--peer-address") { Description = "An address that the partner sends from; the one from which it joins without it. May be repeated.", HelpName = "ADDRESS" };
        var valid = new Option<string>("--valid") { Description = "How long the invitation is good.", DefaultValueFactory = static _ => "168h", HelpName = "TIME" };
        var command = new Command("invite", "Write an invitation for another Modus.") { domains, own, host, address, peerAddress, valid };
        command.SetAction(async (parsed, cancel) =>
        {
            if (!UnitText.TryParseDuration(parsed.GetRequiredValue(valid), out var time))
            {
                terminal.Error.WriteLine($"'{parsed.GetValue(valid)}' is no time: write one such as 168h.");
                return ExitCode.Usage;
            }

            var wish = new VpnInviteWish(
                [.. parsed.GetRequiredValue(domains).Select(static text => text.ToLowerInvariant())], parsed.GetValue(peerAddress) ?? [], NullIfEmpty(parsed.GetValue(own)), NullIfEmpty(parsed.GetValue(address)),
                parsed.GetValue(host), time);
            return await new AdminRunner(terminal).RunAsync(
                parsed,
                AdminOperations.InviteVpn,
                wish,
                invited =>
                {
                    terminal.Error.WriteLine($"Good once, until {invited.Expires.UtcDateTime:u}, for {string.Join(", ", invited.Domains)}, at {invited.Exchange}. Hand it over as you would a password; there: modus vpn join TOKEN");
                    terminal.Out.WriteLine(invited.Token);
                },
                cancel);
        });
        return command;
    }

    private static Command Join(Terminal terminal)
    {
        var token = new Argument<string>("token") { Description = "The invitation; - reads it from stdin." };
        var host = new Option<string?>("--host") { Description = "Where the partner reaches our https listener.", HelpName = "HOST:PORT" };
        var yes = new Option<bool>("--yes") { Description = "Do it. Without it the command only says what it would do." };
        var command = new Command("join", "Pair with the gateway that wrote an invitation.") { token, host, yes };
        command.SetAction(async (parsed, cancel) =>
        {
            var text = parsed.GetRequiredValue(token);
            if (text == "-") text = await terminal.In.ReadLineAsync(cancel) ?? "";
            return await new AdminRunner(terminal).RunAsync(
                parsed, AdminOperations.JoinVpn, new VpnJoinWish(text, parsed.GetValue(host), parsed.GetValue(yes)), joined => WriteJoined(terminal.Out, joined), cancel);
        });
        return command;
    }

    private static Command Add(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "What the partner is called here." };
        var domain = new Option<string[]>("--domain") { Description = "A domain of the partner; may be repeated.", HelpName = "NAME" };
        var address = new Option<string[]>("--address") { Description = "An address that it sends from; may be repeated.", HelpName = "ADDRESS" };
        var pin = new Option<string[]>("--pin") { Description = "A key of it (SHA-256 in hex); may be repeated.", HelpName = "HEX" };
        var command = new Command("add", "Add a partner by hand, such as a server that is not Modus, or change its keys.") { name, domain, address, pin };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.AddVpn,
            new VpnAddWish(parsed.GetRequiredValue(name), Lower(parsed.GetValue(domain)), parsed.GetValue(address) ?? [], Lower(parsed.GetValue(pin))),
            cancel));
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "List the partners.");
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListVpn,
            new NoParameters(),
            rows => TextTable.Write(
                terminal.Out,
                ["NAME", "DOMAINS", "ADDRESSES", "KEYS", "LAST HEARD"],
                [.. rows.Select(static row => new[]
                {
                    row.Name, $"{row.Domains.Count}", $"{row.Addresses.Count}", $"{row.Keys.Count}", row.Identity is null ? "by hand" : Time(row.Heard),
                })],
                "No partners: modus vpn invite writes an invitation."),
            cancel));
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The partner's name." };
        var command = new Command("show", "Show all of a partner.") { name };
        command.SetAction((parsed, cancel) =>
        {
            var wanted = parsed.GetRequiredValue(name);
            return new AdminRunner(terminal).RunAsync(
                parsed,
                AdminOperations.ShowVpn,
                new VpnName(wanted),
                partner => WritePartner(terminal.Out, partner),
                cancel);
        });
        return command;
    }

    private static Command Rotate(Terminal terminal)
    {
        var next = new Option<string[]>("--next") { Description = "A key that will be shown soon (SHA-256 in hex), or the PEM file of its certificate; in place of those announced before. May be repeated.", HelpName = "HEX|FILE" };
        var command = new Command("rotate", "Announce keys to come, and tell all partners what they may meet here.") { next };
        command.SetAction(async (parsed, cancel) =>
        {
            var keys = new List<string>();
            foreach (var text in parsed.GetValue(next) ?? [])
            {
                if (await ReadKeyAsync(text, terminal, cancel) is not { } key) return ExitCode.Usage;
                keys.Add(key);
            }

            return await new AdminRunner(terminal).RunAsync(
                parsed,
                AdminOperations.RotateVpn,
                new VpnRotateWish(keys.Count > 0 ? [.. keys] : null),
                rows => TextTable.Write(
                    terminal.Out, ["PARTNER", "TOLD"], [.. rows.Select(static row => new[] { row.Name, row.Fault ?? "yes" })], "No partner was paired by invitation: nobody is told."),
                cancel,
                static rows => rows.Any(static row => row.Fault is not null) ? ExitCode.Fault : ExitCode.Done);
        });
        return command;
    }

    private static Command Leave(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The partner's name." };
        var command = new Command("leave", "End it with a partner: its rules go.") { name };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(parsed, AdminOperations.LeaveVpn, new VpnName(parsed.GetRequiredValue(name)), cancel));
        return command;
    }

    private static void WriteJoined(TextWriter target, VpnJoined joined)
    {
        WritePartner(target, joined.Partner);
        target.WriteLine($"our domains  {string.Join(", ", joined.OwnDomains)}");
        target.WriteLine();
        target.WriteLine(joined.IsDone
            ? "Paired. From now on mail goes both ways by these keys alone."
            : "Nothing was changed. With --yes this server pairs: mail to these domains, and from these addresses, goes by these keys alone from then on, and so does the partner's mail with our domains.");
    }

    private static void WritePartner(TextWriter target, VpnPartner partner)
    {
        target.WriteLine($"partner      {partner.Name}");
        target.WriteLine($"domains      {string.Join(", ", partner.Domains)}");
        target.WriteLine($"addresses    {(partner.Addresses.Count > 0 ? string.Join(", ", partner.Addresses) : "the one at which it is reached")}");
        foreach (var key in partner.Keys) target.WriteLine($"key          {key}");
        target.WriteLine($"told at      {partner.Exchange ?? "nowhere"}");
        target.WriteLine($"keys         {(partner.Identity is null ? "named by hand" : "told by itself")}, last heard {Time(partner.Heard)}");
    }

    private static async ValueTask<string?> ReadKeyAsync(string text, Terminal terminal, CancellationToken cancel)
    {
        if (KeyPin.IsValid(text.ToLowerInvariant())) return text.ToLowerInvariant();
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(text, cancel));
            return KeyPin.Of(certificate);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            terminal.Error.WriteLine($"'{text}' is no key (64 hex digits), and no PEM file of a certificate: {fault.Message}");
            return null;
        }
    }

    private static string Time(DateTimeOffset? moment) => moment?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "never";

    private static string[] Lower(string[]? texts) => [.. (texts ?? []).Select(static text => text.ToLowerInvariant())];

    private static string[]? NullIfEmpty(string[]? texts) => texts is { Length: > 0 } ? Lower(texts) : null;
}
