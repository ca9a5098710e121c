using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Modus.Tls;

namespace Modus.Server.Cli;

/// <summary>
/// Where a command gets a password from: a file, stdin, or a hidden prompt. Never the command line itself, which every
/// account of the machine can read in the process list.
/// </summary>
internal sealed class PasswordSource(Terminal terminal)
{
    private readonly Option<string?> _file = new("--password-file")
    {
        Description = "Take the password from the first line of this file.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _stdin = new("--password-stdin")
    {
        Description = "Take the password from the first line of the standard input.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_file);
        command.Options.Add(_stdin);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_file) is not null && result.GetValue(_stdin))
                result.AddError("Give --password-file or --password-stdin, not both.");
        });
    }

    /// <summary>Gets the password; says on stderr why there is none.</summary>
    public bool TryRead(ParseResult parsed, string whose, [NotNullWhen(true)] out string? password)
    {
        password = null;
        if (parsed.GetValue(_file) is { } file) return TryReadFile(file, out password);
        if (parsed.GetValue(_stdin)) return TryAccept(terminal.In.ReadLine(), "The standard input is empty.", out password);
        if (terminal.AskSecret is not { } ask)
        {
            terminal.Error.WriteLine("There is no terminal to ask for the password: give --password-file or --password-stdin.");
            return false;
        }

        var first = ask($"Password for {whose}:");
        if (ask("Again:") == first) return TryAccept(first, "The password is empty.", out password);
        terminal.Error.WriteLine("The two are not the same. Nothing was changed.");
        return false;
    }

    /// <summary>Gets a password that is there already; asks once.</summary>
    public bool TryReadExisting(ParseResult parsed, string question, [NotNullWhen(true)] out string? password)
    {
        password = null;
        if (parsed.GetValue(_file) is { } file) return TryReadFile(file, out password);
        if (parsed.GetValue(_stdin)) return TryAccept(terminal.In.ReadLine(), "The standard input is empty.", out password);
        if (terminal.AskSecret is { } ask) return TryAccept(ask(question), "The password is empty.", out password);
        terminal.Error.WriteLine($"{question} there is no terminal to ask for it; give --password-file or --password-stdin.");
        return false;
    }

    private bool TryReadFile(string file, [NotNullWhen(true)] out string? password)
    {
        password = null;
        try
        {
            if (SecretFile.FindExposure(file) is { } exposure) terminal.Error.WriteLine($"Mind that the password may be known: {exposure}");
            return TryAccept(File.ReadLines(file).FirstOrDefault(), $"{file} is empty.", out password);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"The password cannot be read: {unreadable.Message}");
            return false;
        }
    }

    private bool TryAccept(string? text, string problem, [NotNullWhen(true)] out string? password)
    {
        password = text;
        if (!string.IsNullOrEmpty(password)) return true;
        terminal.Error.WriteLine(problem);
        return false;
    }
}
