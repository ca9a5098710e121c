using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Modus.Delivery.Authentication;
using Modus.Delivery.Queue;
using Modus.Protocols.Pop3;
using Modus.Tls;

namespace Modus.Server.Configuration;

/// <summary>A configuration as a whole modus.json: every key with its value, defaults written out.</summary>
internal static class ConfigurationText
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The example that `modus config example` prints.</summary>
    public static string ReadExample()
    {
        using var stream = typeof(ConfigurationText).Assembly.GetManifestResourceStream("modus.example.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public static string Format(ServerConfiguration configuration)
    {
        var root = new JsonObject
        {
            ["hostname"] = configuration.Hostname.Name,
            ["dataFolder"] = configuration.DataFolder,
            ["listeners"] = new JsonArray([.. configuration.Listeners.Select(ToJson)]),
            ["certificates"] = new JsonArray([.. configuration.Certificates.Select(ToJson)]),
            ["tls"] = new JsonObject
            {
                ["minimumVersion"] = configuration.Tls.MinimumVersion == TlsVersion.Tls13 ? "1.3" : "1.2",
                ["handshakeTimeout"] = UnitText.FormatDuration(configuration.Tls.HandshakeTimeout),
                ["maxConcurrentHandshakes"] = configuration.Tls.MaxConcurrentHandshakes,
                ["maxHandshakesPerAddress"] = configuration.Tls.MaxHandshakesPerAddress,
                ["reloadInterval"] = UnitText.FormatDuration(configuration.Tls.ReloadInterval),
            },
            ["smtp"] = ToJson(configuration.Smtp),
            ["pop3"] = ToJson(configuration.Pop3),
            ["imap"] = ToJson(configuration.Imap),
            ["login"] = ToJson(configuration.Login),
            ["delivery"] = ToJson(configuration.Delivery),
            ["authentication"] = ToJson(configuration.Authentication),
            ["dns"] = ToJson(configuration.Dns),
            ["queue"] = ToJson(configuration.Queue),
            ["autoconfiguration"] = ToJson(configuration.Autoconfiguration),
            ["http"] = new JsonObject
            {
                ["enabled"] = configuration.Http.Enabled,
                ["address"] = configuration.Http.Address.ToString(),
                ["port"] = configuration.Http.Port,
            },
            ["log"] = new JsonObject
            {
                ["format"] = configuration.Log.Json ? "json" : "text",
                ["level"] = $"{configuration.Log.Level}".ToLowerInvariant(),
            },
            ["stopTimeout"] = UnitText.FormatDuration(configuration.StopTimeout),
        };
        return root.ToJsonString(Indented);
    }

    public static string Word(TlsMode mode) => mode switch
    {
        TlsMode.None => "none",
        TlsMode.OnDemand => "on-demand",
        _ => "implicit",
    };

    private static JsonNode ToJson(ListenerConfiguration listener)
    {
        var json = new JsonObject
        {
            ["protocol"] = $"{listener.Protocol}".ToLowerInvariant(),
            ["addresses"] = listener.Addresses.Count == 0 ? new JsonArray("*") : ToJson(listener.Addresses),
            ["port"] = listener.Port,
            ["tls"] = Word(listener.Tls),
        };
        if (listener.PublishedPort is { } port) json["publishedPort"] = port;
        if (listener.Protocol == ListenerProtocol.Imap) json["withoutCapabilities"] = ToJson(listener.WithoutCapabilities);
        return json;
    }

    private static JsonNode ToJson(CertificateConfiguration certificate)
    {
        var json = new JsonObject();
        foreach (var (key, value) in new[]
        {
            ("certificate", certificate.CertificateFile), ("key", certificate.KeyFile), ("pfx", certificate.PfxFile),
            ("passwordFile", certificate.PasswordFile), ("storeThumbprint", certificate.StoreThumbprint),
            ("storeSubject", certificate.StoreSubject),
        })
        {
            if (value is not null) json[key] = value;
        }

        json["addresses"] = ToJson(certificate.Addresses);
        json["names"] = ToJson(certificate.Names);
        json["protocols"] = ToJson([.. certificate.Protocols.Select(static protocol => $"{protocol}".ToLowerInvariant())]);
        json["default"] = certificate.IsDefault;
        return json;
    }

    private static JsonArray ToJson(IReadOnlyList<IPAddress> addresses) =>
        new([.. addresses.Select(address => JsonValue.Create(address.ToString()))]);

    private static JsonArray ToJson(IReadOnlyList<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static JsonObject ToJson(SmtpConfiguration smtp) => new()
    {
        ["encryption"] = smtp.Encryption,
        ["maxMessageSize"] = UnitText.FormatSize(smtp.Limits.MaxMessageSize),
        ["maxContentLine"] = UnitText.FormatSize(smtp.Limits.MaxContentLine),
        ["maxRecipients"] = smtp.Limits.MaxRecipients,
        ["maxTransactions"] = smtp.Limits.MaxTransactions,
        ["maxHops"] = smtp.Limits.MaxHops,
        ["maxConnections"] = smtp.Limits.MaxConnections,
        ["maxConnectionsPerAddress"] = smtp.Limits.MaxConnectionsPerAddress,
        ["commandTimeout"] = UnitText.FormatDuration(smtp.Limits.CommandTimeout),
        ["contentTimeout"] = UnitText.FormatDuration(smtp.Limits.ContentTimeout),
    };

    private static JsonObject ToJson(Pop3Configuration pop3) => new()
    {
        ["encryption"] = pop3.Encryption,
        ["internationalHeaders"] = pop3.InternationalHeaders == InternationalHeaders.SendAsIs ? "send" : "refuse",
        ["maxMessages"] = pop3.Limits.MaxMessages,
        ["maxConnections"] = pop3.Limits.MaxConnections,
        ["maxConnectionsPerAddress"] = pop3.Limits.MaxConnectionsPerAddress,
        ["commandTimeout"] = UnitText.FormatDuration(pop3.Limits.CommandTimeout),
    };

    private static JsonObject ToJson(ImapConfiguration imap) => new()
    {
        ["encryption"] = imap.Encryption,
        ["withoutCapabilities"] = ToJson(imap.WithoutCapabilities),
        ["maxMessageSize"] = UnitText.FormatSize(imap.Limits.MaxMessageSize),
        ["maxConnections"] = imap.Limits.MaxConnections,
        ["maxConnectionsPerAddress"] = imap.Limits.MaxConnectionsPerAddress,
        ["idleTimeout"] = UnitText.FormatDuration(imap.Limits.IdleTimeout),
        ["loginTimeout"] = UnitText.FormatDuration(imap.Limits.LoginTimeout),
    };

    private static JsonObject ToJson(LoginConfiguration login) => new()
    {
        ["failuresPerAddress"] = login.FailuresPerAddress,
        ["addressWindow"] = UnitText.FormatDuration(login.AddressWindow),
        ["failuresPerAccount"] = login.FailuresPerAccount,
        ["accountWindow"] = UnitText.FormatDuration(login.AccountWindow),
    };

    private static JsonObject ToJson(AuthenticationOptions authentication) => new()
    {
        ["checks"] = AuthenticationSection.WordOf(authentication),
        ["timeout"] = UnitText.FormatDuration(authentication.Timeout),
        ["trustedRelays"] = ToJson([.. authentication.TrustedRelays.Select(static relay => relay.ToString())]),
    };

    private static JsonObject ToJson(DnsConfiguration dns)
    {
        var json = new JsonObject
        {
            ["resolvers"] = ToJson([.. dns.Resolvers.Select(static resolver => resolver.ToString())]),
            ["timeout"] = UnitText.FormatDuration(dns.Timeout),
            ["attempts"] = dns.Attempts,
            ["validation"] = $"{dns.Validation}".ToLowerInvariant(),
            ["maxCachedAnswers"] = dns.MaxCachedAnswers,
        };
        if (dns.TrustAnchorsFile is { } file) json["trustAnchors"] = file;
        return json;
    }

    private static JsonObject ToJson(QueueOptions queue) => new()
    {
        ["sending"] = queue.Sending,
        ["port"] = queue.Port,
        ["firstRetry"] = UnitText.FormatDuration(queue.FirstRetry),
        ["longestRetry"] = UnitText.FormatDuration(queue.LongestRetry),
        ["lifetime"] = UnitText.FormatDuration(queue.Lifetime),
        ["delayNoticeAfter"] = UnitText.FormatDuration(queue.DelayNoticeAfter),
        ["destinations"] = queue.Destinations,
        ["connectionsPerDestination"] = queue.ConnectionsPerDestination,
        ["recipientsPerTransaction"] = queue.RecipientsPerTransaction,
        ["idleConnection"] = UnitText.FormatDuration(queue.IdleConnection),
        ["transactionsPerConnection"] = queue.TransactionsPerConnection,
        ["downgrade"] = $"{queue.Downgrade}".ToLowerInvariant(),
        ["downgradeAfterDays"] = queue.DowngradeAfterDays,
        ["brokenTls"] = UnitText.FormatDuration(queue.BrokenTls),
        ["longestBrokenTls"] = UnitText.FormatDuration(queue.LongestBrokenTls),
    };

    private static JsonObject ToJson(AutoconfigurationConfiguration setup)
    {
        var json = new JsonObject { ["enabled"] = setup.IsEnabled };
        if (setup.HostName is { } host) json["hostname"] = host.Name;
        return json;
    }

    private static JsonObject ToJson(DeliveryConfiguration delivery)
    {
        var json = new JsonObject();
        if (delivery.Postmaster is { } postmaster) json["postmaster"] = postmaster.ToString();
        json["detailSeparator"] = delivery.DetailSeparator?.ToString() ?? "none";
        json["traceRetention"] = UnitText.FormatDuration(delivery.TraceRetention);
        return json;
    }
}
