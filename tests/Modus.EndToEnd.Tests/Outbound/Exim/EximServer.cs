namespace Modus.EndToEnd.Tests.Outbound.Exim;

/// <summary>
/// An Exim (with GnuTLS) with folders of its own: it takes mail for its mailboxes at its doors and files it as Maildir, and sends mail for
/// other domains by the ways that it is given. It needs root, or sudo without a question; tests/run.sh fetches its program.
/// </summary>
internal sealed class EximServer : IAsyncDisposable
{
    private const string Account = "Debian-exim"; // compiled in

    // Readable for Exim, which is not root where it can help it.
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-exim-");
    private bool _isStarted;

    private EximServer()
    {
    }

    private string Program => Path.Combine(_folder.FullName, "exim4");

    private string Configuration => Path.Combine(_folder.FullName, "exim.conf");

    private string PidFile => Path.Combine(_folder.FullName, "work", "exim.pid");

    private LogOfServer Log => new(Path.Combine(_folder.FullName, "work", "mainlog"));

    /// <summary>Starts it.</summary>
    public static async Task<EximServer> StartAsync(EximSetup setup)
    {
        var server = new EximServer();
        try
        {
            await server.WriteFilesAsync(setup);
            var (code, output) = await OutsideProgram.RunAsRootAsync(server.Program, "-C", server.Configuration, "-bd");
            server._isStarted = code == 0;
            if (code != 0) throw new InvalidOperationException($"exim4 -bd: {output} {await server.Log.ReadAsync()}");
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
    public Task<IReadOnlyList<byte[]>> ReadInboxAsync(string address) =>
        Maildir.ReadNewAsync(Path.Combine(_folder.FullName, "work", "mail", address));

    /// <summary>Waits for a line of its log that has all these words, and returns it.</summary>
    public Task<string> WaitForAsync(params string[] words) => Log.WaitForAsync(words);

    public async ValueTask DisposeAsync()
    {
        if (_isStarted) await OutsideProgram.RunAsRootAsync("pkill", "-F", PidFile);
        await OutsideProgram.RunAsRootAsync("rm", "-rf", _folder.FullName);
    }

    private async Task WriteFilesAsync(EximSetup setup)
    {
        File.Copy(FetchedProgram(), Program); // where its account can go
        _folder.CreateSubdirectory("work");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder.FullName, (UnixFileMode)Convert.ToInt32("755", 8));
        await File.WriteAllTextAsync(Configuration, Describe(setup));
        await OutsideProgram.RunAsRootAsync("chown", "root", Configuration); // another's it does not take
        await OutsideProgram.RunAsRootAsync("chown", $"{Account}:{Account}", Path.Combine(_folder.FullName, "work"));
    }

    // Without rules for retries it gives up at once, and remembers nothing of a host that one of the tests spoils.
    private string Describe(EximSetup setup) => $$$"""
        CLEAR_DOOR = {{{setup.ClearDoor}}}
        STRICT_DOOR = {{{setup.StrictDoor}}}
        exim_path = {{{Program}}}
        keep_environment =
        primary_hostname = {{{setup.HostName}}}
        spool_directory = {{{_folder.FullName}}}/work
        log_file_path = {{{_folder.FullName}}}/work/%slog
        pid_file_path = {{{PidFile}}}
        never_users = root
        deliver_drop_privilege
        local_interfaces = {{{setup.MayDoor}}} : {{{setup.ClearDoor}}} : {{{setup.StrictDoor}}}
        daemon_smtp_ports = {{{setup.Port}}}
        tls_advertise_hosts = ${if eq{$received_ip_address}{CLEAR_DOOR}{}{*}}
        tls_certificate = {{{setup.CertificateFile}}}
        tls_privatekey = {{{setup.KeyFile}}}
        log_selector = +tls_cipher +tls_certificate_verified
        domainlist own = {{{string.Join(" : ", setup.Domains)}}}
        acl_smtp_mail = mail
        acl_smtp_rcpt = accept
        acl_smtp_data = accept
        begin acl
        mail:
          deny !encrypted = *
               condition = ${if eq{$received_ip_address}{STRICT_DOOR}}
               message = 530 5.7.0 Must issue a STARTTLS command first
          accept
        begin routers
        own:
          driver = accept
          domains = +own
          local_parts = ben : carl
          transport = file
        {{{string.Concat(setup.Ways.Select(way => $"{Label(way)}:\n  driver = manualroute\n  domains = {way.Domain}\n  route_list = * {setup.NextHop} byname\n  self = send\n  transport = {Label(way)}\n"))}}}
        begin transports
        file:
          driver = appendfile
          directory = {{{_folder.FullName}}}/work/mail/${local_part_data}@${domain_data}
          create_directory
          maildir_format
          user = {{{Account}}}
          group = {{{Account}}}
        {{{string.Concat(setup.Ways.Select(static way => $"{Label(way)}:\n  driver = smtp\n{string.Concat(way.Options.Select(static option => $"  {option}\n"))}"))}}}
        """;

    private static string Label(EximWay way) => way.Domain.Replace('.', '_').Replace('-', '_');

    private static string FetchedProgram()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var program = Path.Combine(folder.FullName, "artifacts", "exim", "usr", "sbin", "exim4");
            if (File.Exists(program)) return program;
        }

        throw new FileNotFoundException("There is no artifacts/exim/usr/sbin/exim4: tests/run.sh fetches it.");
    }
}

/// <summary>What an Exim is and does.</summary>
/// <param name="HostName">What it calls itself.</param>
/// <param name="CertificateFile">PEM, readable for all.</param>
/// <param name="KeyFile">PEM, readable for all.</param>
internal sealed record EximSetup(string HostName, string CertificateFile, string KeyFile)
{
    /// <summary>The domains that it has mailboxes of, Ben's and Carl's.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>The address where it takes mail with TLS and without.</summary>
    public required string MayDoor { get; init; }

    /// <summary>The address where it offers no TLS.</summary>
    public required string ClearDoor { get; init; }

    /// <summary>The address where it takes no mail in clear.</summary>
    public required string StrictDoor { get; init; }

    /// <summary>The port of all of them.</summary>
    public required int Port { get; init; }

    /// <summary>How it sends, domain by domain.</summary>
    public required IReadOnlyList<EximWay> Ways { get; init; }

    /// <summary>Where it sends all mail: <c>address::port</c>.</summary>
    public required string NextHop { get; init; }
}

/// <summary>An smtp transport for a domain.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Options"><c>name = value</c>.</param>
internal sealed record EximWay(string Domain, params string[] Options);
