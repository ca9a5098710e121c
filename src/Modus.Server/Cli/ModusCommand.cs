using System.CommandLine;

namespace Modus.Server.Cli;

/// <summary>The command line as a whole.</summary>
internal static class ModusCommand
{
    // An argument that begins with @ is an argument: scripts hand over names that strangers chose.
    private static readonly ParserConfiguration Literally = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs a command line.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellationToken = default)
    {
        var parsed = Build(terminal).Parse(args, Literally);
        var invocation = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            ProcessTerminationTimeout = null, // the host listens for SIGTERM and SIGINT itself, and stops gracefully
        };
        var code = await parsed.InvokeAsync(invocation, cancellationToken);
        return parsed.Errors.Count > 0 ? ExitCode.Usage : code;
    }

    public static RootCommand Build(Terminal terminal) => new("Modus, a secure mail server.")
    {
        SharedOptions.Config,
        SharedOptions.Data,
        SharedOptions.Json,
        RunCommand.Build(terminal),
        TryCommand.Build(terminal),
        HealthCommand.Build(terminal),
        DomainCommands.Build(terminal),
        AccountCommands.Build(terminal),
        AliasCommands.Build(terminal),
        QueueCommands.Build(terminal),
        DestinationCommands.Build(terminal),
        RouteCommands.Build(terminal),
        PeerCommands.Build(terminal),
        VpnCommands.Build(terminal),
        EtrnCommands.Build(terminal),
        ReportCommands.Build(terminal),
        DkimCommands.Build(terminal),
        DmarcCommands.Build(terminal),
        StoreCommands.Build(terminal),
        ExportCommand.Build(terminal),
        BackupCommands.Build(terminal),
        RestoreCommand.Build(terminal),
        ImportCommands.Build(terminal),
        CertCommands.Build(terminal),
        TlsCommands.Build(terminal),
        AutoconfigCommands.Build(terminal),
        StsCommands.Build(terminal),
        TlsReportCommands.Build(terminal),
        ConfigCommands.Build(terminal),
        DoctorCommand.Build(terminal),
    };
}
