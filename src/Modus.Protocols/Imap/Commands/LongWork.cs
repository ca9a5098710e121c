namespace Modus.Protocols.Imap.Commands;

/// <summary>Waits for work that may take long, and tells the client now and then that it goes on, so that nobody takes it for dead (RFC 9585).</summary>
internal static class LongWork
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10); // RFC 9585 §4: every 10 to 15 seconds

    /// <summary>Waits; what is waited for must not write to the client itself.</summary>
    public static ValueTask<T> WaitAsync<T>(ImapSession session, ValueTask<T> work) =>
        work.IsCompleted || !session.State.Has(ImapCapability.InProgress) ? work : WaitAsync(session, work.AsTask());

    private static async ValueTask<T> WaitAsync<T>(ImapSession session, Task<T> work)
    {
        while (true)
        {
            using var done = new CancellationTokenSource();
            if (await Task.WhenAny(work, Task.Delay(Interval, session.Room.Clock, done.Token)) == work)
            {
                await done.CancelAsync();
                return await work;
            }

            // inprogress-state is left out: how much there is to do, only the store knows.
            session.Output.Write("* OK [INPROGRESS ("u8);
            session.Output.WriteString(session.Reader.ReadTag());
            session.Output.WriteLine(" NIL NIL)] Still at it.");
            if (!await session.Output.FlushAsync()) return await work;
        }
    }
}
