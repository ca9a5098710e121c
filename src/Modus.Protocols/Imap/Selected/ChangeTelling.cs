using Modus.Protocols.Imap.Fetch;
using Modus.Protocols.Imap.Notify;

namespace Modus.Protocols.Imap.Selected;

/// <summary>What is told of the changes in a selected mailbox. Without NOTIFY that is all.</summary>
/// <param name="KeepsNumbers">True while no message may leave the view: it leaves at a later look.</param>
/// <param name="Events">The events that the client wants to hear of; what the running command removed is told in any case.</param>
/// <param name="OfNew">What is fetched of each new message; null for nothing.</param>
internal readonly record struct ChangeTelling(bool KeepsNumbers, NotifyEvents Events = NotifyEvents.Messages, FetchRequest? OfNew = null);
