using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Modus.Server.Admin;

/// <summary>
/// An operation that takes a stream in place of a request: content that is too large for JSON and for memory. It reads all of the
/// stream before it answers, unless the stream breaks. Stateless.
/// </summary>
internal abstract class AdminUpload(string name)
{
    /// <summary>Its name on the admin socket.</summary>
    public string Name { get; } = name;

    /// <summary>Runs it with a reply in JSON.</summary>
    /// <exception cref="InvalidDataException">The stream is not what it should be, or ends too early; nothing was done.</exception>
    public abstract ValueTask<byte[]> RunInJsonAsync(Stream body, AdminPorts ports, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal abstract class AdminUpload<TResult>(string name, JsonTypeInfo<AdminReply<TResult>> replyType) : AdminUpload(name)
    where TResult : class
{
    public JsonTypeInfo<AdminReply<TResult>> ReplyType => replyType;

    /// <inheritdoc cref="AdminUpload.RunInJsonAsync"/>
    public abstract ValueTask<AdminReply<TResult>> RunAsync(Stream body, AdminPorts ports, CancellationToken cancellationToken);

    public override async ValueTask<byte[]> RunInJsonAsync(Stream body, AdminPorts ports, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeToUtf8Bytes(await RunAsync(body, ports, cancellationToken), replyType);
}
