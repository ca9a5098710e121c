namespace Modus.Server.Composition;

/// <summary>What the program itself has to say. Event ids 8000 to 8999.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(8000, LogLevel.Information, "Modus {Version} serves {Hostname} from {DataFolder}.")]
    public static partial void Starting(ILogger logger, string version, string hostname, string dataFolder);

    [LoggerMessage(8001, LogLevel.Information, "Listening: {Protocol} on {EndPoint}, TLS {Tls}.")]
    public static partial void Listening(ILogger logger, string protocol, string endPoint, string tls);

    [LoggerMessage(8002, LogLevel.Warning,
        "NO CERTIFICATE IS CONFIGURED. Serving a self-signed one for {Hostname} from {Folder}: mail servers will take it, " +
        "mail programs will warn about it. Take one in (modus cert import), request one (modus cert csr), or name one in modus.json: \"certificates\".")]
    public static partial void SelfSigned(ILogger logger, string hostname, string folder);

    [LoggerMessage(8003, LogLevel.Information, "Stopping: no new connections; sessions have {Timeout} to finish.")]
    public static partial void Stopping(ILogger logger, TimeSpan timeout);

    [LoggerMessage(8004, LogLevel.Information, "Stopped.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(8005, LogLevel.Information, "Administration: {Operation} was asked for on the admin socket by {Caller}.")]
    public static partial void AdminOperationAsked(ILogger logger, string operation, string caller);

    [LoggerMessage(8006, LogLevel.Warning,
        "Nobody is named as postmaster, whose mail every server must take (RFC 5321 §4.5.1). Name an address in modus.json: delivery.postmaster.")]
    public static partial void NoPostmaster(ILogger logger);

    [LoggerMessage(8007, LogLevel.Critical,
        "The store has failed, and a new start is the only way to know what is on its disk: stopping with exit code 5.")]
    public static partial void StoreFailed(ILogger logger);

    [LoggerMessage(8008, LogLevel.Error, "The watchdog gets no sign of life: {Reason}. If that goes on, the server is started again.")]
    public static partial void NoSignOfLife(ILogger logger, string reason);
    [LoggerMessage(8030, LogLevel.Debug, "Administration: step {Operation} was asked for on the admin socket by {Caller}.")]
    public static partial void AdminStepAsked(ILogger logger, string operation, string caller);

    [LoggerMessage(8020, LogLevel.Error, "A password is not used, because it is no secret. {Exposure}")]
    public static partial void SecretExposed(ILogger logger, string exposure);
}
