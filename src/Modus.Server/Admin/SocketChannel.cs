using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Modus.Server.Admin;

/// <summary>Sends operations to the running server over its admin socket (HTTP/1.1, JSON).</summary>
internal sealed class SocketChannel : IAdminChannel
{
    private readonly HttpClient _http;

    private SocketChannel(string path)
    {
        _http = NewClient(path);
        DataFolder = Path.GetDirectoryName(path)!;
    }

    public string DataFolder { get; }

    /// <summary>An HTTP client that speaks through the socket, whatever the host in the address.</summary>
    public static HttpClient NewClient(string path) =>
        new(new SocketsHttpHandler { ConnectCallback = (_, cancel) => ConnectAsync(path, cancel) })
        {
            BaseAddress = new Uri("http://modus"),
            Timeout = Timeout.InfiniteTimeSpan, // verifying a store takes as long as reading it
        };

    public static AdminUnreachableException NotOpen(string path) =>
        new($"A server runs, but {path} is not open to this account. Run the command as the account that the server runs as.");

    /// <summary>Connects; null when nobody listens there.</summary>
    /// <exception cref="AdminUnreachableException">Somebody listens, but not for us.</exception>
    public static async ValueTask<SocketChannel?> TryConnectAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) return null;
        try
        {
            await using var probe = await ConnectAsync(path, cancellationToken);
            return new SocketChannel(path);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AccessDenied)
        {
            throw NotOpen(path);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public async ValueTask<AdminReply<TResult>> RunAsync<TRequest, TResult>(
        AdminOperation<TRequest, TResult> operation, TRequest request, CancellationToken cancellationToken)
        where TRequest : class
        where TResult : class
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, operation.RequestType));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await PostAsync(operation.Name, content, operation.MaxRequest, operation.ReplyType, cancellationToken);
    }

    public async ValueTask<AdminReply<TResult>> UploadAsync<TResult>(
        AdminUpload<TResult> operation, Func<Stream, CancellationToken, ValueTask> write, CancellationToken cancellationToken)
        where TResult : class
    {
        using var content = new UploadContent(write);
        try
        {
            return await PostAsync(operation.Name, content, AdminEndpoint.MaxRequest, operation.ReplyType, cancellationToken);
        }
        catch (AdminUnreachableException) when (content.Fault is not null)
        {
            throw content.Fault;
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<AdminReply<TResult>> PostAsync<TResult>(
        string name, HttpContent content, int maxRequest, JsonTypeInfo<AdminReply<TResult>> replyType, CancellationToken cancellationToken)
        where TResult : class
    {
        try
        {
            using var response = await _http.PostAsync(new Uri(AdminEndpoint.Route + name, UriKind.Relative), content, cancellationToken);
            if (response.StatusCode == HttpStatusCode.RequestEntityTooLarge)
                return AdminFault.Invalid($"The request is larger than the {maxRequest >> 20} MB that a server takes: ask for less at once.");
            if (!response.IsSuccessStatusCode)
            {
                throw new AdminUnreachableException(
                    $"The server answered {name} with {(int)response.StatusCode}. Is it of another version? Its log tells more.");
            }

            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(body, replyType, cancellationToken)
                ?? throw new AdminUnreachableException("The server answered with nothing.");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException)
        {
            throw new AdminUnreachableException($"The server broke off: {broken.Message} Try again; its log tells more.");
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
