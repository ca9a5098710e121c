namespace Modus.Server.Configuration;

/// <summary>Something in the configuration that must be put right before the server starts.</summary>
/// <param name="Path">Where, such as <c>listeners[2].port</c>.</param>
/// <param name="Value">What stands there; null when nothing does.</param>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record ConfigurationFault(string Path, string? Value, string Problem, string Remedy)
{
    /// <summary>The variable of the environment that says so, such as <c>MODUS_SMTP__MAXHOPS</c>; null when the file does.</summary>
    public string? Variable { get; init; }

    public override string ToString()
    {
        var place = Variable is null ? Path : $"{Variable} ({Path})";
        return Value is null ? $"{place}: {Problem} {Remedy}" : $"{place} = {Value}: {Problem} {Remedy}";
    }
}

/// <summary>A configuration, or every fault that keeps it from being one.</summary>
/// <param name="File">The file that was read; null when there was none.</param>
/// <param name="Configuration">The configuration; null when there are faults.</param>
/// <param name="Faults">All of them; empty when all is well.</param>
internal sealed record LoadedConfiguration(
    string? File, ServerConfiguration? Configuration, IReadOnlyList<ConfigurationFault> Faults);
