using System.Globalization;
using System.Net;
using Modus.Delivery;
using Modus.Mail.Addresses;
using Modus.Protocols.Sasl;
using Modus.Tls;

namespace Modus.Server.Configuration;

/// <summary>Turns what was read into a <see cref="ServerConfiguration"/>. Every default of a key stands here or beside it.</summary>
internal sealed class ConfigurationReader(string baseFolder)
{
    public const string StandardDataFolder = "/var/lib/modus";

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    /// <summary>Reads all of it. The result is whole only when <paramref name="notes"/> holds no fault.</summary>
    public ServerConfiguration Read(IConfiguration source, ConfigurationNotes notes)
    {
        var root = new SectionReader(source, "", notes);
        var taken = new TakenPorts();
        var configuration = new ServerConfiguration
        {
            Hostname = ReadHostname(root),
            DataFolder = ReadDataFolder(root),
            Listeners = ListenersSection.Read(root, taken),
            Certificates = CertificatesSection.Read(root, baseFolder),
            Tls = ReadTls(root.Object("tls")),
            Smtp = ProtocolSections.ReadSmtp(root.Object("smtp")),
            Pop3 = ProtocolSections.ReadPop3(root.Object("pop3")),
            Imap = ProtocolSections.ReadImap(root.Object("imap")),
            Login = ReadLogin(root.Object("login")),
            Delivery = ReadDelivery(root.Object("delivery")),
            Authentication = AuthenticationSection.Read(root.Object("authentication")),
            Dns = DnsSection.Read(root.Object("dns"), baseFolder),
            Queue = QueueSection.Read(root.Object("queue")),
            Autoconfiguration = ReadAutoconfiguration(root.Object("autoconfiguration")),
            Http = ReadHttp(root.Object("http"), taken),
            Log = ReadLog(root.Object("log")),
            StopTimeout = root.Duration("stopTimeout", TimeSpan.FromSeconds(30), OneSecond, TimeSpan.FromMinutes(10)),
        };
        root.RejectUnknown();
        return configuration;
    }

    private string ReadDataFolder(SectionReader root)
    {
        var text = root.Text("dataFolder") ?? StandardDataFolder;
        if (double.TryParse(text, CultureInfo.InvariantCulture, out _) || bool.TryParse(text, out _))
            root.Fault("dataFolder", text, "is no path.", $"Write one, such as \"{StandardDataFolder}\".");
        return Path.GetFullPath(text, baseFolder);
    }

    private static Domain ReadHostname(SectionReader root)
    {
        const string Remedy = "Write the full name by which others reach this server, such as \"mail.example.com\".";
        var text = root.Text("hostname");
        if (text is null) root.Fault("hostname", null, "is missing.", Remedy);
        else if (!Domain.TryParse(text, out var hostname) || IPAddress.TryParse(text, out _))
            root.Fault("hostname", text, "is no host name.", Remedy);
        else return hostname;
        return default;
    }

    private static TlsConfiguration ReadTls(SectionReader tls)
    {
        var standard = new TlsOptions();
        // The floor is TLS 1.2: RFC 8996 retired what came before.
        var minimum = tls.Choice<TlsVersion>("minimumVersion", standard.MinimumVersion, ("1.2", TlsVersion.Tls12), ("1.3", TlsVersion.Tls13));
        var timeout = tls.Duration("handshakeTimeout", standard.HandshakeTimeout, OneSecond, TimeSpan.FromMinutes(2));
        var concurrent = tls.Number("maxConcurrentHandshakes", standard.MaxConcurrentHandshakes, 1, 100_000);
        var perAddress = tls.Number("maxHandshakesPerAddress", standard.MaxHandshakesPerAddress, 1, 100_000);
        var reload = tls.Duration("reloadInterval", standard.ReloadInterval, OneSecond, TimeSpan.FromHours(24));
        tls.RejectUnknown();
        return new TlsConfiguration(minimum!.Value, timeout, concurrent, perAddress, reload);
    }

    private static LoginConfiguration ReadLogin(SectionReader login)
    {
        var standard = new SaslOptions();
        var configuration = new LoginConfiguration(
            login.Number("failuresPerAddress", standard.FailuresPerAddress, 1, 1_000_000),
            login.Duration("addressWindow", standard.AddressWindow, OneSecond, TimeSpan.FromHours(24)),
            login.Number("failuresPerAccount", standard.FailuresPerAccount, 1, 1_000_000),
            login.Duration("accountWindow", standard.AccountWindow, OneSecond, TimeSpan.FromHours(24 * 7)));
        login.RejectUnknown();
        return configuration;
    }

    private static DeliveryConfiguration ReadDelivery(SectionReader delivery)
    {
        EmailAddress? postmaster = null;
        if (delivery.Text("postmaster") is { } text && !EmailAddress.TryParse(text, out postmaster))
            delivery.Fault("postmaster", text, "is no e-mail address.", "Write the address of whoever reads it, such as \"anna@example.com\".");
        var separator = delivery.Text("detailSeparator") ?? "+";
        if (separator is not ("none" or "+" or "-" or "_" or "="))
            delivery.Fault("detailSeparator", separator, "is not known.", "Write one of: +, -, _, =, none.");
        var retention = delivery.Duration("traceRetention", new DeliveryOptions().TraceRetention, TimeSpan.FromHours(1), TimeSpan.FromDays(3650));
        delivery.RejectUnknown();
        return new DeliveryConfiguration(postmaster, separator == "none" ? null : separator[0], retention);
    }

    private static AutoconfigurationConfiguration ReadAutoconfiguration(SectionReader setup)
    {
        var enabled = setup.Switch("enabled", true);
        Domain? host = null;
        if (setup.Text("hostname") is { } text)
        {
            if (Domain.TryParse(text, out var read) && !IPAddress.TryParse(text, out _)) host = read;
            else setup.Fault("hostname", text, "is no host name.", "Write the name by which mail programs reach this server, such as \"mail.example.com\".");
        }

        setup.RejectUnknown();
        return new AutoconfigurationConfiguration(enabled, host);
    }

    private static HttpConfiguration ReadHttp(SectionReader http, TakenPorts taken)
    {
        var enabled = http.Switch("enabled", true);
        var address = IPAddress.Loopback;
        if (http.Text("address") is { } text && !AddressText.TryRead(text, out address))
            http.Fault("address", text, "is no IP address.", "Write one, such as \"127.0.0.1\".");
        var port = http.Number("port", 9080, 0, 65535);
        if (enabled && taken.Take(address ?? IPAddress.Loopback, port, http.PathOf("port")) is { } other) http.FaultOfPort(port, other);
        http.RejectUnknown();
        return new HttpConfiguration(enabled, address ?? IPAddress.Loopback, port);
    }

    private static LogConfiguration ReadLog(SectionReader log)
    {
        var json = log.Choice<bool>("format", false, ("text", false), ("json", true)) ?? false;
        var level = log.Choice<LogLevel>(
            "level",
            LogLevel.Information,
            ("trace", LogLevel.Trace),
            ("debug", LogLevel.Debug),
            ("information", LogLevel.Information),
            ("warning", LogLevel.Warning),
            ("error", LogLevel.Error)) ?? LogLevel.Information;
        log.RejectUnknown();
        return new LogConfiguration(json, level);
    }
}
