using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Published;
using Modus.Server.Composition;
using Modus.Server.Configuration;
using Modus.Server.Doctor;
using Modus.Server.TlsCheck;
using Modus.Tls;

namespace Modus.Server.Cli;

/// <summary><c>modus doctor</c></summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> OneDomain = new("--domain") { Description = "Look at this domain alone.", HelpName = "DOMAIN" };
    private static readonly Option<string?> Outbound = new("--outbound") { Description = "Call the mail server of this domain to see whether port 25 is open outwards.", HelpName = "DOMAIN" };
    private static readonly Option<string?> Trust = LookCommands.NewTrust();

    public static Command Build(Terminal terminal)
    {
        var command = new Command("doctor", "Look at everything that mail depends on, and say what is wrong and what mends it.") { OneDomain, Outbound, Trust };
        command.SetAction((parsed, cancel) => LookCommands.GuardAsync(terminal, "Nothing was looked at", () => RunAsync(terminal, parsed, cancel)));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, ParseResult parsed, CancellationToken cancel)
    {
        var only = LookCommands.ReadDomain(parsed.GetValue(OneDomain));
        var outbound = LookCommands.ReadDomain(parsed.GetValue(Outbound));
        var trusted = LookCommands.ReadTrusted(parsed.GetValue(Trust));
        var loaded = ConfigurationFile.Load(parsed.GetValue(SharedOptions.Config));
        if (loaded.Configuration is not { } configuration)
        {
            FaultText.Write(terminal.Error, loaded);
            return ExitCode.Configuration;
        }

        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        var facts = await FactsReader.ReadAsync(configuration, parsed.GetValue(SharedOptions.Data) ?? configuration.DataFolder, only, cancel);
        using var connector = new SocketConnector(NullLoggerFactory.Instance);
        using var published = PublishedRecords.Create(
            DnsSetup.For(configuration.Dns), new OutboundHttpsOptions { Authorities = TrustedRoots.With(trusted) }, clock, NullLoggerFactory.Instance);
        var tls = await TlsClients.CreateAsync(clock, NullLoggerFactory.Instance, cancel);
        var plan = new DoctorPlan(published, connector, tls, trusted, clock).Make(facts, outbound, await FindResolverFaultAsync(published, cancel));
        var findings = await new DoctorRound(clock).RunAsync(plan, cancel);
        var report = new DoctorReport(
            findings.All(static one => one.Severity != FindingLevel.Fault), facts.Hostname, facts.IsRunning, Math.Round(clock.GetElapsedTime(began).TotalSeconds, 1), findings);
        if (parsed.GetValue(SharedOptions.Json)) terminal.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.ForPeople.DoctorReport));
        else DoctorText.Write(terminal.Out, report);
        return report.Healthy ? ExitCode.Done : ExitCode.Fault;
    }

    private static async ValueTask<string?> FindResolverFaultAsync(PublishedRecords published, CancellationToken cancel)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(ResolverExamination.Patience);
        try
        {
            return await published.FindResolverFaultAsync(time.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"no resolver answers within {ResolverExamination.Patience.TotalSeconds:0} seconds";
        }
    }
}
