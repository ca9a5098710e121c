using System.CommandLine;
using System.Text.Json;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Composition;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Cli;

/// <summary><c>modus tls …</c></summary>
internal static class TlsCommands
{
    public static Command Build(Terminal terminal) => new("tls", "Encryption.") { Explain(terminal), TlsCheckCommand.Build(terminal) };

    private static Command Explain(Terminal terminal)
    {
        var ip = new Option<string?>("--ip") { Description = "The address of this server that the client connects to.", HelpName = "ADDRESS" };
        var sni = new Option<string?>("--sni") { Description = "The name that it asks for.", HelpName = "NAME" };
        var rsaOnly = new Option<bool>("--rsa-only") { Description = "It cannot do ECDSA." };
        var protocol = new Option<string?>("--protocol") { Description = "What the listener speaks.", HelpName = "PROTOCOL" };
        protocol.AcceptOnlyFromAmong([.. CertificateSources.Protocols]);
        var command = new Command("explain", "Say which certificate a client gets, and why.") { ip, sni, protocol, rsaOnly };
        command.SetAction(async (parsed, cancel) =>
        {
            var query = new ExplainTlsQuery(parsed.GetValue(ip), parsed.GetValue(sni), !parsed.GetValue(rsaOnly), parsed.GetValue(protocol));
            var loaded = ConfigurationFile.Load(parsed.GetValue(SharedOptions.Config));
            if (loaded.Configuration is not { } configuration)
            {
                FaultText.Write(terminal.Error, loaded);
                return ExitCode.Configuration;
            }

            try
            {
                return Show(terminal, parsed, await AskAsync(configuration, query, cancel));
            }
            catch (AdminUnreachableException unreachable)
            {
                terminal.Error.WriteLine(unreachable.Message);
                return ExitCode.Unreachable;
            }
        });
        return command;
    }

    // A running server may still serve what its files no longer say; so it is asked first.
    private static async ValueTask<AdminReply<ExplainTlsRow>> AskAsync(
        ServerConfiguration configuration, ExplainTlsQuery query, CancellationToken cancel)
    {
        await using var server = await SocketChannel.TryConnectAsync(AdminSocket.PathIn(configuration.DataFolder), cancel);
        if (server is not null) return await server.RunAsync(AdminOperations.ExplainTls, query, cancel);

        using var store = CertificateTrial.Load(configuration);
        return ExplainTls.Explain(new CertificateSelector(store), query);
    }

    private static int Show(Terminal terminal, ParseResult parsed, AdminReply<ExplainTlsRow> reply)
    {
        if (reply.Result is not { } row)
        {
            terminal.Error.WriteLine(reply.Fault?.Text);
            return reply.Fault?.Kind == AdminFaultKind.Invalid ? ExitCode.Usage : ExitCode.Fault;
        }

        if (parsed.GetValue(SharedOptions.Json))
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(row, AdminJson.ForPeople.ExplainTlsRow));
        }
        else
        {
            terminal.Out.WriteLine(row.Explanation);
            foreach (var fault in row.Faults) terminal.Out.WriteLine($"Not served: {fault}");
        }

        return row.Works ? ExitCode.Done : ExitCode.Fault;
    }
}
