namespace Modus.Server.Cli;

/// <summary>What the program ends with; docs/commands.md says the same.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It could not be done: not there, there already, not allowed, damaged.</summary>
    public const int Fault = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>modus.json is wrong.</summary>
    public const int Configuration = 3;

    /// <summary>Neither the server nor the store can be reached.</summary>
    public const int Unreachable = 4;

    /// <summary>The store of a running server has failed; another start may do.</summary>
    public const int StoreFailed = 5;
}
