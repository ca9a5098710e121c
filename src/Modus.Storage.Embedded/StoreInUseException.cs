namespace Modus.Storage.Embedded;

/// <summary>Another process has the store open.</summary>
public sealed class StoreInUseException : IOException
{
    /// <summary>Says who has it.</summary>
    public StoreInUseException(string folder, string owner)
        : base($"the store in '{folder}' is in use by {owner}") => Owner = owner;

    /// <summary>Who has it, such as <c>process 4711 on mail1 since 2030-01-31T08:00:00Z</c>.</summary>
    public string Owner { get; }
}
