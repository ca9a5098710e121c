using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Modus.Load;

/// <summary>A list of IMAP commands an operation.</summary>
internal sealed class ImapLoad(Target target, string mailbox, string[] commands, bool loginEach) : ILoad
{
    public async Task<MailConnection?> OpenAsync(CancellationToken stop) => loginEach ? null : await ConnectAsync(target, mailbox, stop);

    public async Task DoAsync(MailConnection? connection, CancellationToken stop)
    {
        var own = connection ?? await ConnectAsync(target, mailbox, stop);
        try
        {
            foreach (var command in commands) await own.RunAsync(command, stop);
        }
        finally
        {
            if (connection is null) await own.DisposeAsync();
        }
    }

    /// <summary>A connection that has logged in and selected.</summary>
    public static async Task<MailConnection> ConnectAsync(Target target, string mailbox, CancellationToken stop)
    {
        var connection = new MailConnection(target);
        await connection.ConnectAsync(stop);
        await connection.ExpectAsync("* OK", stop);
        if (target.Encryption == Encryption.OnDemand)
        {
            await connection.RunAsync("STARTTLS", stop);
            await connection.UpgradeAsync(stop);
        }

        await connection.RunAsync($"LOGIN \"{target.User}\" \"{target.Password}\"", stop);
        if (mailbox.Length > 0) await connection.RunAsync($"SELECT \"{mailbox}\"", stop);
        return connection;
    }
}

/// <summary>Makes a mailbox: messages by MULTIAPPEND, then copies of them, which share their content.</summary>
internal static class ImapFill
{
    private const int Appended = 2_000;
    private const int AtOnce = 100;

    public static async Task<int> RunAsync(Target target, string mailbox, int messages, CancellationToken stop)
    {
        await using var connection = await ImapLoad.ConnectAsync(target, "", stop);
        if (mailbox != "INBOX") await connection.RunAsync($"CREATE \"{mailbox}\"", stop);
        for (var made = 0; made < Math.Min(messages, Appended); made += AtOnce) await AppendAsync(connection, mailbox, made, Math.Min(AtOnce, messages - made), stop);
        await connection.RunAsync($"SELECT \"{mailbox}\"", stop);
        for (var made = Math.Min(messages, Appended); made < messages;)
        {
            var copied = Math.Min(Math.Min(made, 50_000), messages - made);
            await connection.RunAsync($"COPY 1:{copied} \"{mailbox}\"", stop);
            made += copied;
        }

        Console.WriteLine($"{mailbox} has {messages} messages more");
        return 0;
    }

    private static async Task AppendAsync(MailConnection connection, string mailbox, int first, int count, CancellationToken stop)
    {
        var command = new StringBuilder($"t APPEND \"{mailbox}\"");
        for (var i = first; i < first + count; i++)
        {
            var message = $"From: Sender {i} <s{i}@example.org>\r\nTo: someone@example.org\r\nSubject: message number {i}\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n" +
                $"Message-ID: <{i}@load.test>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nA few words, the {i}th time.\r\n";
            command.Append(CultureInfo.InvariantCulture, $" {{{message.Length}+}}\r\n").Append(message);
        }

        await connection.SendAsync(command.ToString(), stop);
        await connection.SkipToTagAsync(stop);
    }
}

/// <summary>Sessions in IDLE: what each costs, and how soon they hear of a message.</summary>
internal static class ImapIdleLoad
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(Target target, string mailbox, int count, int? serverPid, bool json, CancellationToken stop)
    {
        var open = new List<MailConnection>(count);
        try
        {
            await using var sender = await ImapLoad.ConnectAsync(target, "", stop);
            var before = ServerProcess.Memory(serverPid);
            for (var i = 0; i < count; i++)
            {
                var connection = await ImapLoad.ConnectAsync(target, mailbox, stop);
                open.Add(connection);
                await connection.SendAsync("t IDLE", stop);
                await connection.WaitForLineAsync("", stop);
            }

            await Task.Delay(Settle, stop);
            var each = (ServerProcess.Memory(serverPid) - before) / (double)count / 1024;
            var cpu = ServerProcess.Cpu(serverPid);
            var heard = open.Select(connection => connection.WaitForLineAsync(" EXISTS", stop)).ToArray();
            var watch = Stopwatch.StartNew();
            await sender.SendAsync($"t APPEND \"{mailbox}\" {{16+}}\r\nSubject: new\r\n\r\n", stop);
            var first = await Task.WhenAny(heard);
            var firstAfter = watch.Elapsed.TotalMilliseconds;
            await first;
            await Task.WhenAll(heard);
            var lastAfter = watch.Elapsed.TotalMilliseconds;
            var cpuEach = (ServerProcess.Cpu(serverPid) - cpu)?.TotalMilliseconds / count;
            Console.WriteLine(json
                ? string.Create(CultureInfo.InvariantCulture, $$"""{"what":"imap-idle","connections":{{count}},"kilobytesEach":{{each ?? 0:F1}},"firstMs":{{firstAfter:F1}},"lastMs":{{lastAfter:F1}},"serverCpuMsEach":{{cpuEach ?? 0:F3}}}""")
                : string.Create(CultureInfo.InvariantCulture, $"imap-idle: {count} sessions, {each ?? 0:F1} KB of the server's memory each; a message was told of after {firstAfter:F1} ms to the first and {lastAfter:F1} ms to the last; server CPU {cpuEach ?? 0:F3} ms each"));
            return 0;
        }
        finally
        {
            foreach (var connection in open) await connection.DisposeAsync();
        }
    }
}
