namespace Modus.Server.Moving.Import;

/// <param name="Mailboxes">Mailboxes that were read to their ends.</param>
/// <param name="Imported">Messages that came in now.</param>
/// <param name="AlreadyThere">Messages that were there already, or had been imported before.</param>
/// <param name="Bytes">Bytes that came in now.</param>
/// <param name="Notes">What is not as it was, though every message is there.</param>
/// <param name="Faults">What was passed over, and why; the first <see cref="MailImport.MaxFaults"/>.</param>
/// <param name="FaultCount">How many faults there were.</param>
internal sealed record ImportReport(
    int Mailboxes, long Imported, long AlreadyThere, long Bytes, IReadOnlyList<string> Notes, IReadOnlyList<string> Faults, long FaultCount);

/// <param name="Mailbox">What is read now.</param>
/// <param name="Imported">Messages that came in so far.</param>
/// <param name="AlreadyThere">Messages that were there already.</param>
/// <param name="Bytes">Bytes that came in so far.</param>
internal sealed record ImportProgress(string Mailbox, long Imported, long AlreadyThere, long Bytes);
