using System.CommandLine;

namespace Modus.Load;

/// <summary>The command line.</summary>
internal static class LoadCommand
{
    private static readonly Option<string> Host = new("--host") { DefaultValueFactory = _ => "127.0.0.1", Description = "The server's address." };
    private static readonly Option<int> Port = new("--port") { Required = true, Description = "Its port." };
    private static readonly Option<bool> Remote = new("--allow-remote") { Description = "Load a host other than this machine." };
    private static readonly Option<Encryption> Tls = new("--tls") { DefaultValueFactory = _ => Encryption.None, Description = "None, OnDemand (STARTTLS, STLS) or Implicit." };
    private static readonly Option<string> Name = new("--name") { DefaultValueFactory = _ => "localhost", Description = "The name asked for by SNI." };
    private static readonly Option<string?> User = new("--user") { Description = "Log in as." };
    private static readonly Option<string?> Password = new("--password") { Description = "With this password." };
    private static readonly Option<int> Connections = new("--connections") { DefaultValueFactory = _ => 16, Description = "Connections at a time." };
    private static readonly Option<int> Count = new("--count") { DefaultValueFactory = _ => 1000, Description = "Operations in all." };
    private static readonly Option<int> Seconds = new("--seconds") { DefaultValueFactory = _ => 60, Description = "The most time, whatever is done by then." };
    private static readonly Option<int?> ServerPid = new("--server-pid") { Description = "The server's process, for CPU and memory." };
    private static readonly Option<bool> Json = new("--json") { Description = "One line of JSON." };

    public static RootCommand Build()
    {
        var root = new RootCommand("Load for a mail server on this machine, with the CPU that it costs the server.");
        foreach (var option in (Option[])[Host, Port, Remote, Tls, Name, User, Password, Connections, Count, Seconds, ServerPid, Json])
        {
            option.Recursive = true;
            root.Add(option);
        }

        var size = new Option<int>("--size") { DefaultValueFactory = _ => 16384, Description = "Bytes of content." };
        var from = new Option<string>("--from") { DefaultValueFactory = _ => "load@example.org" };
        var to = new Option<string>("--to") { Required = true };
        var domains = new Option<int>("--domains") { DefaultValueFactory = _ => 1, Description = "Spread the recipients over so many domains: NAME@d0.DOMAIN, NAME@d1.DOMAIN, …" };
        var recipients = new Option<int>("--recipients") { DefaultValueFactory = _ => 1, Description = "Recipients of each message." };
        var smtp = new Command("smtp", "Messages on kept connections.") { size, from, to, domains, recipients };
        smtp.SetAction((parsed, stop) => RunAsync(parsed, "smtp",
            target => new SmtpLoad(target, parsed.GetValue(size), parsed.GetValue(from)!, parsed.GetValue(to)!, parsed.GetValue(domains), parsed.GetValue(recipients)), stop));

        var sink = new Command("sink", "Listens on --port, takes --count messages, and tells how fast they came and what each cost the server that sent them.");
        sink.SetAction((parsed, stop) => new Sink(
            ToTarget(parsed).EndPoint, parsed.GetValue(Tls), parsed.GetValue(Count), parsed.GetValue(ServerPid)).RunAsync(stop));

        var pop3 = new Command("pop3", "RETR of the first message, again and again, on kept connections (the account must hold one; one connection an account).");
        pop3.SetAction((parsed, stop) => RunAsync(parsed, "pop3", static target => new Pop3Load(target), stop));

        var mode = new Option<HandshakeKind>("--kind") { DefaultValueFactory = _ => HandshakeKind.Full };
        var version = new Option<string>("--version-of-tls") { DefaultValueFactory = _ => "1.3", Description = "1.2 or 1.3." };
        var handshake = new Command("handshake", "Connect, handshake, greeting, QUIT, close.") { mode, version };
        handshake.SetAction((parsed, stop) => RunAsync(parsed, $"handshake {parsed.GetValue(mode)} TLS {parsed.GetValue(version)}",
            target => new HandshakeLoad(target with { OldTls = parsed.GetValue(version) == "1.2", Resume = parsed.GetValue(mode) == HandshakeKind.Resumable }), stop));

        var idle = new Command("idle", "Opens --connections connections, holds them, and tells the server's memory for each.");
        idle.SetAction((parsed, stop) => IdleLoad.RunAsync(ToTarget(parsed), parsed.GetValue(Connections), parsed.GetValue(ServerPid), parsed.GetValue(Json), stop));

        var mailbox = new Option<string>("--mailbox") { DefaultValueFactory = _ => "INBOX", Description = "The mailbox." };
        var commands = new Option<string[]>("--command") { Required = true, Description = "A command, without its tag; several make one operation." };
        var login = new Option<bool>("--login-each") { Description = "A connection and a login for each operation." };
        var imap = new Command("imap", "IMAP commands on kept connections that have logged in and, if --mailbox is not empty, selected.") { mailbox, commands, login };
        imap.SetAction((parsed, stop) => RunAsync(parsed, $"imap {string.Join("; ", parsed.GetValue(commands)!)}",
            target => new ImapLoad(target, parsed.GetValue(mailbox)!, parsed.GetValue(commands)!, parsed.GetValue(login)), stop));

        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 10_000, Description = "How many." };
        var fill = new Command("imap-fill", "Makes a mailbox of so many small messages.") { mailbox, messages };
        fill.SetAction((parsed, stop) => ImapFill.RunAsync(ToTarget(parsed), parsed.GetValue(mailbox)!, parsed.GetValue(messages), stop));

        var imapIdle = new Command("imap-idle", "Opens --connections sessions in IDLE, tells the server's memory for each, and how long a new message takes to all of them.") { mailbox };
        imapIdle.SetAction((parsed, stop) => ImapIdleLoad.RunAsync(
            ToTarget(parsed), parsed.GetValue(mailbox)!, parsed.GetValue(Connections), parsed.GetValue(ServerPid), parsed.GetValue(Json), stop));

        root.Add(imap);
        root.Add(fill);
        root.Add(imapIdle);
        root.Add(smtp);
        root.Add(sink);
        root.Add(pop3);
        root.Add(handshake);
        root.Add(idle);
        return root;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string what, Func<Target, ILoad> make, CancellationToken stop)
    {
        var figures = await Runner.RunAsync(make(ToTarget(parsed)), parsed.GetValue(Connections), parsed.GetValue(Count),
            TimeSpan.FromSeconds(parsed.GetValue(Seconds)), parsed.GetValue(ServerPid), stop);
        Console.WriteLine(parsed.GetValue(Json) ? figures.ToJson(what) : figures.ToText(what));
        return figures.Failed == 0 && figures.Done > 0 ? 0 : 1;
    }

    private static Target ToTarget(ParseResult parsed)
    {
        var address = System.Net.IPAddress.Parse(parsed.GetValue(Host)!);
        if (!System.Net.IPAddress.IsLoopback(address) && !parsed.GetValue(Remote))
            throw new ArgumentException($"{address} is not this machine; say --allow-remote if it may be loaded.");
        return new Target(new System.Net.IPEndPoint(address, parsed.GetValue(Port)), parsed.GetValue(Tls), parsed.GetValue(Name)!,
            parsed.GetValue(User), parsed.GetValue(Password));
    }
}
