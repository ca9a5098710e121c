namespace Modus.Storage;

/// <summary>
/// The store is broken (a sync to disk failed, the database is damaged) and refuses everything until it is opened anew.
/// What was acknowledged before is safe; what ends in this exception was not acknowledged.
/// </summary>
public sealed class StoreFailedException : Exception
{
    /// <summary>A failure without a known cause.</summary>
    public StoreFailedException()
        : this("the store has failed")
    {
    }

    /// <summary>A failure.</summary>
    public StoreFailedException(string message)
        : base(message)
    {
    }

    /// <summary>A failure and what caused it.</summary>
    public StoreFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
