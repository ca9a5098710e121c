namespace Modus.Server.Moving;

/// <param name="Mailboxes">Mailboxes that were read to their ends.</param>
/// <param name="Exported">Messages that were written now.</param>
/// <param name="AlreadyThere">Messages that an earlier export had written.</param>
/// <param name="Bytes">Bytes that were written now.</param>
/// <param name="Notes">What is not as in the mailboxes, though every message is there.</param>
/// <param name="Faults">What is missing.</param>
internal sealed record ExportReport(
    int Mailboxes, long Exported, long AlreadyThere, long Bytes, IReadOnlyList<string> Notes, IReadOnlyList<string> Faults);
