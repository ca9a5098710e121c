using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Modus.Server.Admin;

/// <summary>
/// One thing an administrator can do. It works on contracts alone, so the command line runs the very same
/// object on the other side of the admin socket or, when no server runs, on a store it opened itself. Stateless.
/// </summary>
internal abstract class AdminOperation(string name)
{
    /// <summary>Its name on the admin socket.</summary>
    public string Name { get; } = name;

    /// <summary>The longest request, in bytes.</summary>
    public virtual int MaxRequest => AdminEndpoint.MaxRequest;

    /// <summary>True for a step of longer work that is asked for many times: the work has its line in the log, each step has none.</summary>
    public virtual bool IsStep => false;

    /// <summary>Runs it with a request and a reply in JSON.</summary>
    /// <exception cref="JsonException">The request is not of its type.</exception>
    public abstract ValueTask<byte[]> RunAsync(ReadOnlyMemory<byte> request, AdminPorts ports, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal abstract class AdminOperation<TRequest, TResult>(
    string name, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<AdminReply<TResult>> replyType)
    : AdminOperation(name)
    where TRequest : class
    where TResult : class
{
    public JsonTypeInfo<TRequest> RequestType => requestType;

    public JsonTypeInfo<AdminReply<TResult>> ReplyType => replyType;

    public abstract ValueTask<AdminReply<TResult>> RunAsync(
        TRequest request, AdminPorts ports, CancellationToken cancellationToken);

    public override async ValueTask<byte[]> RunAsync(
        ReadOnlyMemory<byte> request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var typed = JsonSerializer.Deserialize(request.Span, requestType) ?? throw new JsonException("The request is null.");
        return JsonSerializer.SerializeToUtf8Bytes(await RunAsync(typed, ports, cancellationToken), replyType);
    }
}
