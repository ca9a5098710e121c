using System.Text.Json;
using Modus.Server.Cli;
using Xunit;

namespace Modus.Tests.Server;

/// <summary>What a command line gave.</summary>
internal sealed record CommandRun(int Code, string Out, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    public static async Task<CommandRun> RunAsync(string input, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await ModusCommand.RunAsync(args, NewTerminal(output, error, input), TestContext.Current.CancellationToken);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    public static Terminal NewTerminal(TextWriter output, TextWriter error, string input) =>
        new() { Out = output, Error = error, In = new StringReader(input) };
}
