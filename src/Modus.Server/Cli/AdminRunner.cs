using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Modus.Server.Admin;
using Modus.Server.Composition;
using Modus.Server.Configuration;
using Modus.Server.Installation;
using Modus.Storage;

namespace Modus.Server.Cli;

/// <summary>Runs an admin operation for a command, and shows what came of it.</summary>
internal sealed class AdminRunner(Terminal terminal)
{
    /// <summary>Hears of the progress of long work on a store that this process opened.</summary>
    public IProgress<VerifyProgress>? Progress { get; init; }

    /// <summary>True for a result that is a document by itself: <c>--json</c> shows it as it is.</summary>
    public bool IsDocument { get; init; }

    /// <summary>Runs an operation that has nothing to show but that it is done.</summary>
    public Task<int> RunAsync<TRequest>(
        ParseResult parsed, AdminOperation<TRequest, Done> operation, TRequest request, CancellationToken cancellationToken)
        where TRequest : class =>
        RunAsync(parsed, operation, request, done => terminal.Out.WriteLine(done.Text), cancellationToken);

    /// <summary>
    /// Runs an operation and shows its result with <paramref name="show"/>, or as JSON. What <paramref name="judge"/> says of
    /// the result is the exit code; without it a result is a success.
    /// </summary>
    public Task<int> RunAsync<TRequest, TResult>(
        ParseResult parsed,
        AdminOperation<TRequest, TResult> operation,
        TRequest request,
        Action<TResult> show,
        CancellationToken cancellationToken,
        Func<TResult, int>? judge = null)
        where TRequest : class
        where TResult : class =>
        RunAsync(parsed, channel => channel.RunAsync(operation, request, cancellationToken), show, cancellationToken, judge);

    /// <summary>The same for work that takes several operations.</summary>
    public Task<int> RunAsync<TResult>(
        ParseResult parsed,
        Func<IAdminChannel, ValueTask<AdminReply<TResult>>> work,
        Action<TResult> show,
        CancellationToken cancellationToken,
        Func<TResult, int>? judge = null)
        where TResult : class =>
        RunAsync(parsed, (channel, _) => work(channel), show, cancellationToken, judge);

    /// <summary>The same for work that reads the installation's files, too.</summary>
    public async Task<int> RunAsync<TResult>(
        ParseResult parsed,
        Func<IAdminChannel, Installation, ValueTask<AdminReply<TResult>>> work,
        Action<TResult> show,
        CancellationToken cancellationToken,
        Func<TResult, int>? judge = null)
        where TResult : class
    {
        if (!TryFindDataFolder(parsed, out var installation, out var configuration, out var code)) return code;
        var dataFolder = installation.DataFolder;
        try
        {
            await using var channel = await AdminChannel.OpenAsync(dataFolder, store => Equip(store, configuration), cancellationToken);
            var reply = await work(channel, installation);
            if (reply.Result is { } result)
            {
                if (parsed.GetValue(SharedOptions.Json) && !IsDocument) ShowJson(terminal, result);
                else show(result);
                return judge?.Invoke(result) ?? ExitCode.Done;
            }

            terminal.Error.WriteLine(reply.Fault?.Text);
            return reply.Fault?.Kind == AdminFaultKind.Invalid ? ExitCode.Usage : ExitCode.Fault;
        }
        catch (AdminUnreachableException unreachable)
        {
            terminal.Error.WriteLine(unreachable.Message);
            return ExitCode.Unreachable;
        }
        catch (StoreFailedException failed)
        {
            terminal.Error.WriteLine($"{failed.Message}. Nothing more can be done with it until it is opened anew.");
            return ExitCode.Fault;
        }
    }

    private AdminPorts Equip(AdminPorts ports, ServerConfiguration? configuration) => ports with
    {
        Progress = Progress,
        File = configuration ?? ports.File,
        LoadCertificates = configuration is null ? ports.LoadCertificates : () => CertificateTrial.Load(configuration),
    };

    /// <summary>Prints a result as <c>--json</c> asks.</summary>
    public static void ShowJson<TResult>(Terminal terminal, TResult result)
        where TResult : class
    {
        var type = (JsonTypeInfo<TResult>)(AdminJson.ForPeople.GetTypeInfo(typeof(TResult)) ?? InstallationJson.ForPeople.GetTypeInfo(typeof(TResult)))!;
        terminal.Out.WriteLine(JsonSerializer.Serialize(result, type));
    }

    /// <summary>Says on stderr why there is none, with the exit code for it.</summary>
    public bool TryFindDataFolder(
        ParseResult parsed, [NotNullWhen(true)] out Installation? installation, out ServerConfiguration? configuration, out int code)
    {
        (installation, configuration, code) = (null, null, ExitCode.Done);
        if (parsed.GetValue(SharedOptions.Data) is { } dataFolder)
        {
            // A name that was mistyped must not become a new, empty store.
            installation = new Installation(dataFolder, null);
            if (Directory.Exists(dataFolder)) return true;
            terminal.Error.WriteLine($"There is no folder {dataFolder}. Name the data folder of a server, or leave --data out.");
            code = ExitCode.Unreachable;
            return false;
        }

        var loaded = ConfigurationFile.Load(parsed.GetValue(SharedOptions.Config));
        configuration = loaded.Configuration;
        if (configuration is not null)
        {
            installation = new Installation(configuration.DataFolder, loaded.File);
            return true;
        }

        FaultText.Write(terminal.Error, loaded);
        code = ExitCode.Configuration;
        return false;
    }
}

/// <summary>Where the files of an installation are.</summary>
/// <param name="DataFolder">The data folder.</param>
/// <param name="ConfigurationFile">The configuration file; null when none was read.</param>
internal sealed record Installation(string DataFolder, string? ConfigurationFile);
