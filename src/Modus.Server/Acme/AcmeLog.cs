namespace Modus.Server.Acme;

/// <summary>What is said of certificates from authorities: 8300-8349.</summary>
internal static partial class AcmeLog
{
    [LoggerMessage(8300, LogLevel.Information, "The certificate {Name} ({Key}) for {Hosts} was obtained from {Authority}, and is served. It is good until {NotAfter:u}, and renewed from {RenewAt:u} on.")]
    public static partial void Obtained(ILogger log, string name, string key, string hosts, Uri authority, DateTimeOffset notAfter, DateTimeOffset renewAt);

    [LoggerMessage(8301, LogLevel.Warning, "The certificate {Name} could not be obtained from {Authority} ({Failures} times in a row). {Reason} What is served stays; the next attempt is at {Next:u}, or at once by `modus cert acme renew {Name}`.")]
    public static partial void Failed(ILogger log, string name, Uri? authority, int failures, string reason, DateTimeOffset next);

    [LoggerMessage(8302, LogLevel.Error, "THE CERTIFICATE {Name} EXPIRES AT {NotAfter:u} AND COULD NOT BE RENEWED ({Failures} times in a row). {Reason} The next attempt is at {Next:u}.")]
    public static partial void Urgent(ILogger log, string name, DateTimeOffset notAfter, int failures, string reason, DateTimeOffset next);

    [LoggerMessage(8303, LogLevel.Information, "Asking {Authority} for the certificate {Name} ({Key}): {Why}.")]
    public static partial void Asking(ILogger log, Uri authority, string name, string key, string why);

    [LoggerMessage(8304, LogLevel.Warning, "The hook {Hook} did not take {Record} out of the DNS: {Reason} Take it out by hand if it stays; it does no harm.")]
    public static partial void NotWithdrawn(ILogger log, string hook, string record, string reason);

    [LoggerMessage(8305, LogLevel.Information, "{Authority} wants {Name} to be renewed between {Start:u} and {End:u}.")]
    public static partial void WindowChanged(ILogger log, Uri authority, string name, DateTimeOffset start, DateTimeOffset end);

    [LoggerMessage(8306, LogLevel.Information, "{Authority} did not say when it wants {Name} to be renewed, which is then done at two thirds of its life. {Reason}")]
    public static partial void WindowUnknown(ILogger log, Uri authority, string name, string reason);

    [LoggerMessage(8307, LogLevel.Error, "What is to be renewed could not be looked at; again in {Pause}.")]
    public static partial void RoundFailed(ILogger log, Exception fault, TimeSpan pause);
}
