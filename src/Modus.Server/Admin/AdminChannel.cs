using System.IO.Pipelines;
using Modus.Server.Composition;

namespace Modus.Server.Admin;

/// <summary>The way to the store for a command: through the running server, or to the store itself.</summary>
internal interface IAdminChannel : IAsyncDisposable
{
    /// <summary>The folder of the store.</summary>
    string DataFolder { get; }

    ValueTask<AdminReply<TResult>> RunAsync<TRequest, TResult>(
        AdminOperation<TRequest, TResult> operation, TRequest request, CancellationToken cancellationToken)
        where TRequest : class
        where TResult : class;

    /// <summary>The same with a stream, which <paramref name="write"/> writes.</summary>
    /// <exception cref="InvalidDataException">Thrown by <paramref name="write"/> to break it off: nothing was done.</exception>
    ValueTask<AdminReply<TResult>> UploadAsync<TResult>(
        AdminUpload<TResult> operation, Func<Stream, CancellationToken, ValueTask> write, CancellationToken cancellationToken)
        where TResult : class;
}

/// <summary>Neither the server nor the store can be reached.</summary>
/// <param name="message">Why, and what to do next.</param>
internal sealed class AdminUnreachableException(string message) : Exception(message)
{
    /// <summary>True when a server has the store and answers on its admin socket.</summary>
    public bool IsServerThere { get; init; }
}

/// <summary>Opens the channel that fits.</summary>
internal static class AdminChannel
{
    /// <summary>Takes the admin socket when a server listens there, and opens the store otherwise.</summary>
    /// <exception cref="AdminUnreachableException">There is no store, or somebody else has it open.</exception>
    public static async ValueTask<IAdminChannel> OpenAsync(
        string dataFolder, Func<AdminPorts, AdminPorts> equip, CancellationToken cancellationToken)
    {
        var path = AdminSocket.PathIn(dataFolder);
        if (await SocketChannel.TryConnectAsync(path, cancellationToken) is { } server) return server;
        try
        {
            var store = await OpenedStore.OpenAsync(dataFolder, cancellationToken);
            return new LocalChannel(dataFolder, store, equip(store.ToPorts() with
            {
                ManagedCertificates = CertificateTrial.Managed(dataFolder),
                Authorities = CertificateTrial.Authorities(dataFolder),
                LoadCertificates = () => CertificateTrial.Load(dataFolder),
                Caller = Environment.UserName,
            }));
        }
        catch (AdminUnreachableException busy) when (busy.IsServerThere)
        {
            if (await SocketChannel.TryConnectAsync(path, cancellationToken) is { } started) return started;
            throw;
        }
    }

    private sealed class LocalChannel(string dataFolder, OpenedStore store, AdminPorts ports) : IAdminChannel
    {
        public string DataFolder => dataFolder;

        public ValueTask<AdminReply<TResult>> RunAsync<TRequest, TResult>(
            AdminOperation<TRequest, TResult> operation, TRequest request, CancellationToken cancellationToken)
            where TRequest : class
            where TResult : class => operation.RunAsync(request, ports, cancellationToken);

        public async ValueTask<AdminReply<TResult>> UploadAsync<TResult>(
            AdminUpload<TResult> operation, Func<Stream, CancellationToken, ValueTask> write, CancellationToken cancellationToken)
            where TResult : class
        {
            var pipe = new Pipe();
            var reading = ReadAsync(operation, pipe.Reader, cancellationToken);
            InvalidDataException? fault = null;
            try
            {
                await write(pipe.Writer.AsStream(), cancellationToken);
            }
            catch (InvalidDataException broken)
            {
                fault = broken;
            }
            finally
            {
                var isCancelled = cancellationToken.IsCancellationRequested;
                await pipe.Writer.CompleteAsync(isCancelled ? new OperationCanceledException(cancellationToken) : fault);
            }

            var reply = await reading;
            return fault is null ? reply! : throw fault;
        }

        // Null when the stream broke, which its writer knows already.
        private async Task<AdminReply<TResult>?> ReadAsync<TResult>(AdminUpload<TResult> operation, PipeReader reader, CancellationToken cancellationToken)
            where TResult : class
        {
            try
            {
                return await operation.RunAsync(reader.AsStream(), ports, cancellationToken);
            }
            catch (InvalidDataException)
            {
                return null;
            }
            finally
            {
                await reader.CompleteAsync();
            }
        }

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
