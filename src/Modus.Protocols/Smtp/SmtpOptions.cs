using System.Diagnostics.CodeAnalysis;
using Modus.Mail.Addresses;

namespace Modus.Protocols.Smtp;

/// <summary>What the service of a listener is.</summary>
public enum SmtpProfile
{
    /// <summary>Port 25: takes mail from other servers for addresses of ours; nobody logs in.</summary>
    Relay,

    /// <summary>Ports 587 and 465 (RFC 6409, RFC 8314): takes mail from our users for anywhere; nothing goes before TLS and a login.</summary>
    Submission,
}

/// <summary>How the SMTP room is set up. Read once, when the services are registered.</summary>
public sealed class SmtpOptions
{
    /// <summary>The name that the server greets with and signs Received with; the machine's name by default.</summary>
    public string HostName { get; set; } = DefaultHostName();

    /// <summary>The bounds.</summary>
    public SmtpLimits Limits { get; set; } = new();

    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    internal Type? DeliveryType { get; private set; }

    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    internal Type? EnvelopeCheckType { get; private set; }

    /// <summary>Messages go to <typeparamref name="T"/>, made once by dependency injection.</summary>
    public SmtpOptions Deliver<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IMessageDelivery
    {
        DeliveryType = typeof(T);
        return this;
    }

    /// <summary>Senders and recipients are judged by <typeparamref name="T"/>; without one everything is taken that the profile allows.</summary>
    public SmtpOptions Check<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IEnvelopeCheck
    {
        EnvelopeCheckType = typeof(T);
        return this;
    }

    internal IEnumerable<string> Validate()
    {
        if (!Domain.TryParse(HostName, out _))
            yield return $"{nameof(HostName)} is '{HostName}': a host name, such as mail.example.com";
        foreach (var fault in Limits.Validate())
            yield return $"{nameof(Limits)}.{fault}";
    }

    private static string DefaultHostName() =>
        Domain.TryParse(Environment.MachineName, out var name) ? name.Name : "localhost";
}
