using Microsoft.Extensions.Logging.Abstractions;
using Modus.Server.Admin;
using Modus.Storage;
using Modus.Storage.Embedded;

namespace Modus.Server.Composition;

/// <summary>The one open store of this process. The only place that names an engine, but for the copying of its files by `modus backup`.</summary>
internal sealed class OpenedStore : IAsyncDisposable
{
    // A command holds the store for milliseconds, a server that starts until it listens on its admin socket.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly EmbeddedStore _engine;

    private readonly StoreHolds _holds;

    private OpenedStore(EmbeddedStore engine)
    {
        _engine = engine;
        _holds = new StoreHolds(engine.Maintenance, TimeProvider.System);
    }

    /// <summary>Completes when the store has failed and only a new start helps.</summary>
    public Task Failure => _engine.Failure;

    public IDirectory Directory => _engine.Directory;

    public IMailStore Mail => _engine.Mail;

    public IDelivery Delivery => _engine.Delivery;

    public IAnnotations Annotations => _engine.Annotations;

    public IQueue Queue => _engine.Queue;

    public ITraces Traces => _engine.Traces;

    public IRecords Records => _engine.Records;

    public ISettings Settings => _engine.Settings;

    public IStoreChanges Batches => _engine.Batches;

    public IChangeFeed Changes => _engine.Changes;

    public ITextIndex TextIndex => _engine.TextIndex;

    public IStoreMaintenance Maintenance => _engine.Maintenance;

    /// <summary>Takes an engine that is open already, and closes it in the end.</summary>
    public static OpenedStore Over(EmbeddedStore engine) => new(engine);

    /// <summary>Opens it for a command, which searches nothing: no text is indexed meanwhile.</summary>
    /// <exception cref="AdminUnreachableException">Somebody else has it open, or it cannot be opened.</exception>
    public static ValueTask<OpenedStore> OpenAsync(string dataFolder, CancellationToken cancellationToken) =>
        OpenAsync(new EmbeddedStoreOptions { Folder = dataFolder, TextIndex = false }, NullLoggerFactory.Instance, cancellationToken);

    /// <summary>Opens it for a server.</summary>
    /// <exception cref="AdminUnreachableException">Somebody else has it open, or it cannot be opened.</exception>
    public static ValueTask<OpenedStore> OpenAsync(string dataFolder, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        OpenAsync(new EmbeddedStoreOptions { Folder = dataFolder }, loggers, cancellationToken);

    private static async ValueTask<OpenedStore> OpenAsync(
        EmbeddedStoreOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            return new OpenedStore(await OpenWhenFreeAsync(options, loggers, cancellationToken));
        }
        catch (StoreFailedException damaged)
        {
            throw new AdminUnreachableException(
                $"The store in {options.Folder} is damaged: {damaged.Message} Keep a copy of the folder and restore it from a backup.");
        }
        catch (NotSupportedException newer)
        {
            throw new AdminUnreachableException($"The store in {options.Folder} was written by a newer Modus: {newer.Message} Run that one.");
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new AdminUnreachableException(
                $"The store in {options.Folder} cannot be opened: {denied.Message} Run the command as the account that the server runs as.");
        }
    }

    public AdminPorts ToPorts() => new(Directory, Queue, Traces, Records, Settings, Maintenance) { Mail = Mail, Holds = _holds, Delivery = Delivery, Batches = Batches };

    public ValueTask DisposeAsync()
    {
        _holds.Dispose();
        return _engine.DisposeAsync();
    }

    private static async ValueTask<EmbeddedStore> OpenWhenFreeAsync(
        EmbeddedStoreOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await EmbeddedStore.OpenAsync(options, TimeProvider.System, loggers, cancellationToken);
            }
            catch (StoreInUseException busy)
            {
                await using var server = await SocketChannel.TryConnectAsync(AdminSocket.PathIn(options.Folder), cancellationToken);
                if (server is not null)
                {
                    throw new AdminUnreachableException(
                        $"A server runs on the store in {options.Folder} already ({busy.Owner}). Stop it first, or give this one another dataFolder.")
                    {
                        IsServerThere = true,
                    };
                }

                if (TimeProvider.System.GetElapsedTime(started) > Patience)
                {
                    throw new AdminUnreachableException(
                        $"The store in {options.Folder} is in use by {busy.Owner}, which does not answer on its admin socket. " +
                        "Try again when it has started, or stop it.");
                }
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }
}
