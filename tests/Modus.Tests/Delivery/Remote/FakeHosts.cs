using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Modus.Mail;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp;
using Modus.Protocols.Smtp.Client;
using Modus.Tls;

namespace Modus.Tests.Delivery.Remote;

/// <summary>A message that a host took.</summary>
internal sealed record TakenMessage(Envelope Envelope, string Content, bool Encrypted);

/// <summary>A host that behaves as it is told, from message to message otherwise if need be. Thread-safe.</summary>
internal sealed class FakeHost(string address)
{
    public IPEndPoint EndPoint { get; } = new(IPAddress.Parse(address), 25);

    /// <summary>No TCP connection.</summary>
    public bool IsDown { get; set; }

    /// <summary>What is said in place of a greeting.</summary>
    public SmtpReply? Greeting { get; set; }

    public bool OffersTls { get; set; } = true;

    /// <summary>How the handshake ends; null for well.</summary>
    public SmtpOpenOutcome? TlsFails { get; set; }

    /// <summary>What MAIL is answered with in clear; null for taking it.</summary>
    public SmtpReply? InClear { get; set; }

    /// <summary>The names in its certificate.</summary>
    public string[] Names { get; set; } = [];

    public string Key { get; set; } = "aa";

    /// <summary>What the other keywords of EHLO are.</summary>
    public Dictionary<string, string> Extensions { get; } = new() { ["8BITMIME"] = "", ["PIPELINING"] = "" };

    /// <summary>What a recipient is answered with; null for taking it.</summary>
    public Func<EnvelopeRecipient, SmtpRecipientResult?> Answer { get; set; } = static _ => null;

    /// <summary>What each transaction waits for before it ends.</summary>
    public Func<CancellationToken, Task> Pace { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Sessions that are kept turn out to be closed.</summary>
    public bool ClosesIdle { get; set; }

    public int Connections;

    public int TlsTries;

    public int Busy;

    public int Busiest;

    public ConcurrentQueue<TakenMessage> Taken { get; } = [];

    public ConcurrentQueue<SmtpHop> Hops { get; } = [];
}

/// <summary>An SMTP client that reaches the hosts it was told of.</summary>
internal sealed class FakeHosts : ISmtpClient
{
    private readonly ConcurrentDictionary<IPEndPoint, FakeHost> _hosts = new();

    public FakeHost Add(string address)
    {
        var host = new FakeHost(address);
        _hosts[host.EndPoint] = host;
        return host;
    }

    public ValueTask<SmtpOpening> OpenAsync(SmtpHop hop, CancellationToken cancellationToken)
    {
        if (!_hosts.TryGetValue(hop.EndPoint, out var host)) return Fail(SmtpOpenOutcome.Unreachable, "no route to host");
        Interlocked.Increment(ref host.Connections);
        host.Hops.Enqueue(hop);
        if (host.IsDown) return Fail(SmtpOpenOutcome.Unreachable, "connection refused");
        if (host.Greeting is { } greeting) return Fail(SmtpOpenOutcome.Refused, "the greeting says no", greeting);
        var tls = hop.Tls switch
        {
            SmtpTlsUse.Never => false,
            SmtpTlsUse.WhenOffered => host.OffersTls,
            _ => true,
        };
        if (!tls) return hop.Login is null ? Ready(host, null) : Fail(SmtpOpenOutcome.LoginNotPossible, "no TLS");
        if (hop.Tls != SmtpTlsUse.Implicit && !host.OffersTls) return Fail(SmtpOpenOutcome.TlsNotOffered, "STARTTLS is not on offer");
        Interlocked.Increment(ref host.TlsTries);
        if (host.TlsFails is { } failure) return Fail(failure, $"the handshake ended: {failure}");
        if (!IsGood(host, hop.Handshake!.Verification))
        {
            return new(new SmtpOpening(
                SmtpOpenOutcome.TlsNotVerified, null, null, "the certificate is another's",
                new TlsClientResult(TlsClientOutcome.NotVerified, null, "no") { Fault = TlsFaultType.CertificateHostMismatch }));
        }

        return Ready(host, new TlsClientSession(
            SslProtocols.Tls13, TlsCipherSuite.TLS_AES_256_GCM_SHA384, "x25519", null!, host.Key, hop.Handshake.Verification, false));
    }

    private static bool IsGood(FakeHost host, TlsVerification verification) => verification switch
    {
        TlsVerification.None => true,
        TlsVerification.WebPki web => web.Names.Intersect(host.Names).Any(),
        TlsVerification.Pin pin => pin.Keys.Contains(host.Key),
        TlsVerification.Dane dane => dane.Records.Any(record => Convert.ToHexStringLower(record.Association.Span) == host.Key),
        _ => false,
    };

    private static ValueTask<SmtpOpening> Ready(FakeHost host, TlsClientSession? tls) =>
        new(new SmtpOpening(SmtpOpenOutcome.Ready, new Session(host, tls), null, "", tls is null ? null : new(TlsClientOutcome.Encrypted, tls, null)));

    private static ValueTask<SmtpOpening> Fail(SmtpOpenOutcome outcome, string reason, SmtpReply? reply = null) =>
        new(new SmtpOpening(outcome, null, reply, reason, null));

    private sealed class Session(FakeHost host, TlsClientSession? tls) : ISmtpClientSession
    {
        public string ServerName => "fake";

        public SmtpOffer Offer
        {
            get
            {
                var offer = new Dictionary<string, string>(host.Extensions);
                if (host.OffersTls && tls is null) offer["STARTTLS"] = "";
                return new SmtpOffer(offer);
            }
        }

        public TlsClientSession? Tls => tls;

        public IPEndPoint RemoteEndPoint => host.EndPoint;

        public IPAddress? LocalAddress => IPAddress.Loopback;

        public bool IsUsable { get; private set; } = true;

        public int Transactions { get; private set; }

        public async ValueTask<SmtpTransferResult> SendAsync(SmtpTransfer transfer, CancellationToken cancellationToken)
        {
            if (host.ClosesIdle && Transactions > 0) return Break(transfer, SmtpStage.Mail, null);
            Transactions++;
            if (Fault(transfer) is var fault and not SmtpTransferFault.None) return new SmtpTransferResult(fault, []);
            if (tls is null && host.InClear is { } reply) return Result(transfer, recipient => new(recipient, SmtpStage.Mail, reply, "MAIL was refused"));

            var busy = Interlocked.Increment(ref host.Busy);
            lock (host) host.Busiest = Math.Max(host.Busiest, busy);
            try
            {
                await host.Pace(cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref host.Busy);
            }

            var results = transfer.Envelope.Recipients.Select(recipient => host.Answer(recipient) ?? FakeReplies.Took(recipient)).ToList();
            if (results.Exists(static result => result is { Stage: not (SmtpStage.Taken or SmtpStage.Unknown), Reply: null })) IsUsable = false;
            var taken = results.Where(static result => result.Stage is SmtpStage.Taken or SmtpStage.Unknown).Select(static result => result.Recipient).ToList();
            if (taken.Count > 0)
            {
                await using var content = await transfer.OpenContent(cancellationToken);
                using var bytes = new MemoryStream();
                await content.CopyToAsync(bytes, cancellationToken);
                if (bytes.Length != transfer.Size) throw new InvalidOperationException($"{bytes.Length} bytes, not {transfer.Size}");
                host.Taken.Enqueue(new TakenMessage(transfer.Envelope with { Recipients = taken }, Encoding.Latin1.GetString(bytes.ToArray()), tls is not null));
            }

            return new SmtpTransferResult(SmtpTransferFault.None, results) { DsnPassedOn = Offer.Has("DSN") };
        }

        public ValueTask<bool> ResetAsync(CancellationToken cancellationToken) => new(true);

        public ValueTask QuitAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync()
        {
            IsUsable = false;
            return ValueTask.CompletedTask;
        }

        private SmtpTransferFault Fault(SmtpTransfer transfer) =>
            transfer.Size > (Offer.MaxSize ?? long.MaxValue) ? SmtpTransferFault.TooLarge
            : transfer.Envelope.Tls == TlsDemand.Required && !Offer.Has("REQUIRETLS") ? SmtpTransferFault.NeedsRequireTls
            : transfer.Envelope.SmtpUtf8 && !Offer.Has("SMTPUTF8") ? SmtpTransferFault.NeedsSmtpUtf8
            : transfer.Envelope.Body == BodyType.EightBitMime && !Offer.Has("8BITMIME") ? SmtpTransferFault.NeedsEightBit
            : SmtpTransferFault.None;

        private SmtpTransferResult Break(SmtpTransfer transfer, SmtpStage stage, SmtpReply? reply)
        {
            IsUsable = false;
            return Result(transfer, recipient => new(recipient, stage, reply, "the connection broke"));
        }

        private static SmtpTransferResult Result(SmtpTransfer transfer, Func<EnvelopeRecipient, SmtpRecipientResult> result) =>
            new(SmtpTransferFault.None, [.. transfer.Envelope.Recipients.Select(result)]);
    }
}

/// <summary>Replies of hosts.</summary>
internal static class FakeReplies
{
    public static SmtpRecipientResult Took(EnvelopeRecipient recipient) =>
        new(recipient, SmtpStage.Taken, new SmtpReply(250, new EnhancedStatus(2, 0, 0), "Ok"), "");

    public static SmtpRecipientResult Refuses(EnvelopeRecipient recipient, int code, short subject, short detail, SmtpStage stage = SmtpStage.Recipient) =>
        new(recipient, stage, new SmtpReply(code, new EnhancedStatus((byte)(code / 100), subject, detail), "No"), "");

    public static SmtpRecipientResult Breaks(EnvelopeRecipient recipient, SmtpStage stage) => new(recipient, stage, null, "the connection broke");

    public static SmtpReply MustStartTls => new(530, new EnhancedStatus(5, 7, 0), "Must issue a STARTTLS command first");
}
