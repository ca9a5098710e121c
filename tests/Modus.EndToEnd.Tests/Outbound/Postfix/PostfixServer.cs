namespace Modus.EndToEnd.Tests.Outbound.Postfix;

/// <summary>
/// A Postfix with folders of its own: it takes mail for its mailboxes at its doors and files it as Maildir, and sends
/// mail for other domains by the ways that it is given. It needs root, or sudo without a question.
/// </summary>
internal sealed class PostfixServer : IAsyncDisposable
{
    // Readable for Postfix, which is not root where it can help it.
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-postfix-");
    private bool _isStarted;

    private PostfixServer()
    {
    }

    private string Configuration => Path.Combine(_folder.FullName, "etc");

    private string LogFile => Path.Combine(_folder.FullName, "log");

    private LogOfServer Log => new(LogFile);

    private string Mail => Path.Combine(_folder.FullName, "mail");

    /// <summary>Starts it.</summary>
    public static async Task<PostfixServer> StartAsync(PostfixSetup setup)
    {
        var server = new PostfixServer();
        try
        {
            server.WriteFiles(setup);
            await OutsideProgram.RunAsRootAsync("chown", "postfix", Path.Combine(server._folder.FullName, "data"));
            var (code, output) = await server.RunAsync("start");
            server._isStarted = code == 0;
            if (code != 0) throw new InvalidOperationException($"postfix start: {output} {await server.Log.ReadAsync()}");
            await server.WaitForAsync("daemon started");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>What it has filed for a recipient, oldest first.</summary>
    public Task<IReadOnlyList<byte[]>> ReadInboxAsync(string address) => Maildir.ReadNewAsync(Path.Combine(Mail, address));

    /// <summary>Waits for a line of its log that has all these words, and returns it.</summary>
    public Task<string> WaitForAsync(params string[] words) => Log.WaitForAsync(words);

    public async ValueTask DisposeAsync()
    {
        if (_isStarted) await RunAsync("stop");
        await OutsideProgram.RunAsRootAsync("rm", "-rf", _folder.FullName);
    }

    private void WriteFiles(PostfixSetup setup)
    {
        foreach (var part in new[] { "etc", "spool", "data", "mail" }) _folder.CreateSubdirectory(part);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.FullName, (UnixFileMode)Convert.ToInt32("755", 8));
            File.SetUnixFileMode(Mail, (UnixFileMode)Convert.ToInt32("777", 8)); // nobody's, who files it
            File.WriteAllText(LogFile, "");
            File.SetUnixFileMode(LogFile, (UnixFileMode)Convert.ToInt32("666", 8));
        }

        File.WriteAllText(Path.Combine(Configuration, "main.cf"), $$"""
            compatibility_level = 3.6
            queue_directory = {{_folder.FullName}}/spool
            data_directory = {{_folder.FullName}}/data
            maillog_file = {{LogFile}}
            maillog_file_prefixes = {{_folder.FullName}}
            myhostname = {{setup.HostName}}
            mydestination =
            alias_maps =
            alias_database =
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            mynetworks = 127.0.0.0/8
            smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
            virtual_mailbox_domains = {{string.Join(' ', setup.Mailboxes.Select(static address => address.Split('@')[1]))}}
            virtual_mailbox_base = {{Mail}}
            virtual_mailbox_maps = texthash:{{Configuration}}/mailboxes
            virtual_uid_maps = static:65534
            virtual_gid_maps = static:65534
            transport_maps = texthash:{{Configuration}}/ways
            smtpd_tls_cert_file = {{setup.CertificateFile}}
            smtpd_tls_key_file = {{setup.KeyFile}}
            smtpd_tls_security_level = may
            smtp_tls_CAfile = {{setup.AuthorityFile}}
            smtp_tls_fingerprint_digest = sha256
            smtp_tls_loglevel = 1
            smtpd_tls_loglevel = 1
            smtpd_tls_received_header = yes
            smtp_destination_concurrency_limit = 2

            """);
        File.WriteAllLines(Path.Combine(Configuration, "mailboxes"), setup.Mailboxes.Select(static address => $"{address} {address}/")); // a Maildir each
        File.WriteAllLines(Path.Combine(Configuration, "ways"), setup.Ways.Select(way => $"{way.Domain} {way.Domain}:{setup.NextHop}"));
        var services = new List<string>
        {
            "pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr", "tlsmgr unix - - n 1000? 1 tlsmgr",
            "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce", "trace unix - - n - 0 bounce",
            "verify unix - - n - 1 verify", "flush unix n - n 1000? 0 flush", "proxymap unix - - n - - proxymap", "showq unix n - n - - showq",
            "error unix - - n - - error", "retry unix - - n - - error", "virtual unix - n n - - virtual", "anvil unix - - n - 1 anvil",
            "scache unix - - n - 1 scache", "smtp unix - - n - - smtp", "postlog unix-dgram n - n - 1 postlogd",
        };
        services.AddRange(setup.Doors.Select(static door => $"{door.Address} inet n - n - - smtpd {door.Options}"));
        services.AddRange(setup.Ways.Select(static way => $"{way.Domain} unix - - n - - smtp {way.Options}"));
        File.WriteAllLines(Path.Combine(Configuration, "master.cf"), services);
    }

    private Task<(int ExitCode, string Output)> RunAsync(string command) => OutsideProgram.RunAsRootAsync("postfix", "-c", Configuration, command);
}

/// <summary>What a Postfix is and does.</summary>
/// <param name="HostName">What it calls itself.</param>
/// <param name="CertificateFile">PEM, readable for all.</param>
/// <param name="KeyFile">PEM.</param>
/// <param name="AuthorityFile">Whom it trusts.</param>
internal sealed record PostfixSetup(string HostName, string CertificateFile, string KeyFile, string AuthorityFile)
{
    /// <summary>The addresses that it has mailboxes of.</summary>
    public required IReadOnlyList<string> Mailboxes { get; init; }

    /// <summary>Where it listens.</summary>
    public required IReadOnlyList<PostfixDoor> Doors { get; init; }

    /// <summary>How it sends, domain by domain.</summary>
    public required IReadOnlyList<PostfixWay> Ways { get; init; }

    /// <summary>Where it sends all mail: <c>[address]:port</c>.</summary>
    public required string NextHop { get; init; }
}

/// <summary>An smtpd.</summary>
/// <param name="Address">Its address and port.</param>
/// <param name="Options"><c>-o name=value …</c>.</param>
internal sealed record PostfixDoor(string Address, string Options = "");

/// <summary>An smtp client for a domain.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Options"><c>-o name=value …</c>.</param>
internal sealed record PostfixWay(string Domain, string Options);
