using System.Net;

namespace Modus.Load;

internal enum Encryption
{
    None,
    OnDemand,
    Implicit,
}

internal enum HandshakeKind
{
    /// <summary>Never resumes.</summary>
    Full,

    /// <summary>Resumes when the server can; SslStream does not tell whether it did.</summary>
    Resumable,
}

/// <summary>What is loaded, and how it is spoken to.</summary>
internal sealed record Target(
    IPEndPoint EndPoint, Encryption Encryption, string Name, string? User, string? Password, bool OldTls = false, bool Resume = true);

/// <summary>One kind of load.</summary>
internal interface ILoad
{
    /// <summary>What is done before the clock runs; null when each operation makes its own connection.</summary>
    Task<MailConnection?> OpenAsync(CancellationToken stop);

    /// <summary>One operation.</summary>
    Task DoAsync(MailConnection? connection, CancellationToken stop);
}
