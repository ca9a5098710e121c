using System.Text;

namespace Modus.Load;

/// <summary>One message an operation.</summary>
internal sealed class SmtpLoad(Target target, int size, string from, string to, int domains = 1, int recipients = 1) : ILoad
{
    private int _next;

    private readonly byte[] _content = MakeContent(size);

    public async Task<MailConnection?> OpenAsync(CancellationToken stop)
    {
        var connection = new MailConnection(target);
        await connection.ConnectAsync(stop);
        await connection.ExpectAsync("220", stop);
        await connection.AskAsync("EHLO load.test", "250", stop);
        if (target.Encryption == Encryption.OnDemand)
        {
            await connection.AskAsync("STARTTLS", "220", stop);
            await connection.UpgradeAsync(stop);
            await connection.AskAsync("EHLO load.test", "250", stop);
        }

        if (target.User is { } user)
            await connection.AskAsync("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{target.Password}")), "235", stop);
        return connection;
    }

    public async Task DoAsync(MailConnection? connection, CancellationToken stop)
    {
        var commands = new StringBuilder($"MAIL FROM:<{from}>\r\n");
        for (var n = 0; n < recipients; n++) commands.Append("RCPT TO:<").Append(Recipient()).Append(">\r\n");
        await connection!.SendAsync(commands.Append("DATA").ToString(), stop);
        for (var n = 0; n <= recipients; n++) await connection.ExpectAsync("250", stop);
        await connection.ExpectAsync("354", stop);
        await connection.SendAsync(_content, stop);
        await connection.ExpectAsync("250", stop);
    }

    // Each another one where there are several: a server may take a recipient once.
    private string Recipient()
    {
        if (domains == 1 && recipients == 1) return to;
        var number = (uint)Interlocked.Increment(ref _next);
        return to.Replace("@", $"{number}@{(domains == 1 ? "" : $"d{number % (uint)domains}.")}", StringComparison.Ordinal);
    }

    private static byte[] MakeContent(int size)
    {
        var text = new StringBuilder("Subject: load\r\n\r\n");
        while (text.Length < size) text.Append('x', 76).Append("\r\n");
        return Encoding.ASCII.GetBytes(text.Append(".\r\n").ToString());
    }
}

/// <summary>One RETR an operation.</summary>
internal sealed class Pop3Load(Target target) : ILoad
{
    public async Task<MailConnection?> OpenAsync(CancellationToken stop)
    {
        var connection = new MailConnection(target);
        await connection.ConnectAsync(stop);
        await connection.ExpectAsync("+OK", stop);
        if (target.Encryption == Encryption.OnDemand)
        {
            await connection.AskAsync("STLS", "+OK", stop);
            await connection.UpgradeAsync(stop);
        }

        await connection.AskAsync("USER " + target.User, "+OK", stop);
        await connection.AskAsync("PASS " + target.Password, "+OK", stop);
        return connection;
    }

    public async Task DoAsync(MailConnection? connection, CancellationToken stop)
    {
        await connection!.AskAsync("RETR 1", "+OK", stop);
        await connection.SkipToDotAsync(stop);
    }
}

/// <summary>One connection an operation, to a port with implicit TLS (or in clear, for comparison).</summary>
internal sealed class HandshakeLoad(Target target) : ILoad
{
    public Task<MailConnection?> OpenAsync(CancellationToken stop) => Task.FromResult<MailConnection?>(null);

    public async Task DoAsync(MailConnection? connection, CancellationToken stop)
    {
        await using var own = new MailConnection(target);
        await own.ConnectAsync(stop);
        await own.ExpectAsync("", stop);
        await own.AskAsync("QUIT", "", stop);
    }
}
