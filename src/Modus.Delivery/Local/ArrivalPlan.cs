using Modus.Delivery.Dsn;
using Modus.Delivery.Routing;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;

namespace Modus.Delivery.Local;

/// <summary>
/// Where a message goes: mailboxes, queue, and what its sender is told of success. What is asked of notices is passed on as RFC 3461 §5.2.7
/// says: by an alias with one target all of it, by one with several all but SUCCESS, for which the alias counts as expanded.
/// </summary>
internal sealed class ArrivalPlan
{
    private const string JunkKeyword = "$Junk"; // RFC 9051 §2.3.2

    private readonly Dictionary<AccountId, MailboxTarget> _mailboxes = [];
    private readonly Dictionary<EmailAddress, EnvelopeRecipient> _queued = [];
    private readonly List<(EnvelopeRecipient Recipient, DsnAction Action)> _successes = [];
    private readonly List<(ForwardPath Recipient, Account Account)> _filed = [];
    private readonly List<(ForwardPath Recipient, EmailAddress Address)> _sentOn = [];
    private readonly HashSet<Domain> _forwarders = [];

    /// <summary>True when a recipient that was accepted leads nowhere any more: the message cannot be taken.</summary>
    public bool IsLost { get; private set; }

    public IReadOnlyCollection<MailboxTarget> Mailboxes => _mailboxes.Values;

    public IReadOnlyCollection<EnvelopeRecipient> Queued => _queued.Values;

    /// <summary>The recipients of whose delivery the sender is to be told.</summary>
    public IReadOnlyList<(EnvelopeRecipient Recipient, DsnAction Action)> Successes => _successes;

    /// <summary>Whom each account got the message for.</summary>
    public IReadOnlyList<(ForwardPath Recipient, Account Account)> Filed => _filed;

    /// <summary>Whom each address elsewhere gets it for.</summary>
    public IReadOnlyList<(ForwardPath Recipient, EmailAddress Address)> SentOn => _sentOn;

    /// <summary>The domains of ours by whose aliases the message goes on to other servers.</summary>
    public IReadOnlyCollection<Domain> Forwarders => _forwarders;

    /// <summary>True once <see cref="MoveToJunkAsync"/> was called.</summary>
    public bool IsJunk { get; private set; }

    public static ArrivalPlan Lost { get; } = new() { IsLost = true };

    /// <summary>Adds a mailbox of an account that the recipient leads to.</summary>
    public void AddMailbox(EnvelopeRecipient recipient, Account account, MailboxId mailbox)
    {
        if (!_mailboxes.TryAdd(account.Id, new MailboxTarget(mailbox))) return;
        _filed.Add((recipient.Path, account));
    }

    /// <summary>
    /// Files the message where each account keeps what it did not want (RFC 6154 §2), or into the INBOX where there is no such mailbox;
    /// marked as such in any case, for the programs that look at the mark.
    /// </summary>
    public async ValueTask MoveToJunkAsync(IMailStore mailStore, CancellationToken cancellationToken)
    {
        IsJunk = true;
        foreach (var (account, inbox) in _mailboxes.ToList())
        {
            var all = await mailStore.ListMailboxesAsync(account, cancellationToken);
            var junk = all.FirstOrDefault(static mailbox => mailbox.SpecialUse == SpecialUse.Junk);
            _mailboxes[account] = new MailboxTarget(junk?.Id ?? inbox.Mailbox, Keywords: [JunkKeyword]);
        }
    }

    public bool HasMailbox(Account account) => _mailboxes.ContainsKey(account.Id);

    /// <summary>Adds what leaves this server for a recipient, and what is told of it.</summary>
    public void AddRoute(EnvelopeRecipient recipient, Route route)
    {
        var isExpanded = route.Accounts.Count + route.Remote.Count > 1;
        var isDelivered = route.Remote.Count == 0;
        if ((isExpanded || isDelivered) && recipient.Notify.HasFlag(DsnNotify.Success))
            _successes.Add((recipient, isExpanded ? DsnAction.Expanded : DsnAction.Delivered));

        var isDirect = route.Kind == RouteKind.Elsewhere;
        if (!isDirect && !isDelivered && recipient.Path.Address is { AddressLiteral: null } alias) _forwarders.Add(alias.Domain);
        var passedOn = isExpanded ? recipient with { Notify = NoticeRules.WithoutSuccess(recipient.Notify) } : recipient;
        // RFC 3461 §5.2.1 (d): without it a notice would name an address that the sender never wrote.
        if (!isDirect && recipient is { OriginalRecipient: null, Path.Address: { } written })
            passedOn = passedOn with { OriginalRecipient = OriginalRecipient.From(written) };
        foreach (var address in route.Remote) AddQueued(passedOn with { Path = new ForwardPath(address) }, recipient.Path, isDirect);
    }

    // Two recipients that lead to one address get one message, for whoever wrote the address itself.
    private void AddQueued(EnvelopeRecipient recipient, ForwardPath path, bool isDirect)
    {
        var address = recipient.Path.Address!;
        if (_queued.TryGetValue(address, out var other))
        {
            _queued[address] = (isDirect ? recipient : other) with { Notify = NoticeRules.Join(recipient.Notify, other.Notify) };
            return;
        }

        _queued.Add(address, recipient);
        _sentOn.Add((path, address));
    }
}
