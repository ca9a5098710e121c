using System.Text;
using Spectre.Console;

namespace Modus.Server.Cli;

/// <summary>Where a command reads and writes: the console, or what a test puts in its place.</summary>
internal sealed class Terminal
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    /// <summary>True when a person watches the output.</summary>
    public bool IsWatched { get; init; }

    /// <summary>Asks for a secret without showing it; null when there is nobody to ask.</summary>
    public Func<string, string>? AskSecret { get; init; }

    /// <summary>The console of this process.</summary>
    public static Terminal ForProcess()
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Terminal
        {
            Out = Console.Out,
            Error = Console.Error,
            In = Console.In,
            IsWatched = !Console.IsOutputRedirected,
            AskSecret = Console.IsInputRedirected
                ? null
                : question => ForErrors().Prompt(new TextPrompt<string>(question).Secret(null)),
        };
    }

    /// <summary>A Spectre console over <see cref="Out"/>.</summary>
    public IAnsiConsole ToAnsiConsole()
    {
        var settings = new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Out) };
        if (!IsWatched) settings.Ansi = AnsiSupport.No;
        var console = AnsiConsole.Create(settings);
        if (!IsWatched) console.Profile.Width = 200; // nobody's window: do not fold tables
        return console;
    }

    // Questions go to stderr, so that `modus … > file` still shows them.
    private static IAnsiConsole ForErrors() =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
}
