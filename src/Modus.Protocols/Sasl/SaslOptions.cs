using Microsoft.Extensions.Options;

namespace Modus.Protocols.Sasl;

/// <summary>Bounds of the SASL room. Read once, when the <see cref="SaslAuthenticator"/> is made.</summary>
public sealed class SaslOptions
{
    /// <summary>
    /// Failed logins in <see cref="AddressWindow"/> after which an address (of IPv6: its /64) is refused. Default 10, the
    /// figure of mox for a minute; fail2ban bans mail logins after 5 in 10 minutes.
    /// </summary>
    public int FailuresPerAddress { get; set; } = 10;

    /// <summary>How long failures of an address count. Default 10 minutes (fail2ban's findtime).</summary>
    public TimeSpan AddressWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Failed logins in <see cref="AccountWindow"/> after which a name is refused, except from addresses that have lately
    /// logged in by it. Default 100, the most that NIST SP 800-63B §5.2.2 allows.
    /// </summary>
    public int FailuresPerAccount { get; set; } = 100;

    /// <summary>How long failures of a name count. Default one day.</summary>
    public TimeSpan AccountWindow { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How many addresses, names and logins are remembered of each. Default 10,000: about 5 MB when all are full.</summary>
    public int Remembered { get; set; } = 10_000;

    /// <summary>How long a checked password need not be hashed again. Default 5 minutes.</summary>
    public TimeSpan RememberPasswords { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Passwords hashed at one time. Default half of the processors, at least one: logins never take them all.</summary>
    public int ConcurrentHashes { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>
    /// Logins that may wait for a hash; more get a temporary fault. Default 100: at 20 ms a hash the last one waits for 2
    /// seconds, which clients bear.
    /// </summary>
    public int WaitingHashes { get; set; } = 100;

    /// <summary>
    /// The key of the salts shown for names that do not exist. Empty (the default) takes a random one, so that such a salt
    /// changes with a restart; a host with a store keeps 32 random bytes there.
    /// </summary>
    public ReadOnlyMemory<byte> DecoyKey { get; set; }
}

internal sealed class SaslOptionsValidator : IValidateOptions<SaslOptions>
{
    public ValidateOptionsResult Validate(string? name, SaslOptions options)
    {
        var faults = new List<string>();
        AtLeastOne(options.FailuresPerAddress, nameof(options.FailuresPerAddress));
        AtLeastOne(options.FailuresPerAccount, nameof(options.FailuresPerAccount));
        AtLeastOne(options.Remembered, nameof(options.Remembered));
        AtLeastOne(options.ConcurrentHashes, nameof(options.ConcurrentHashes));
        AtLeastOne(options.WaitingHashes, nameof(options.WaitingHashes));
        Positive(options.AddressWindow, nameof(options.AddressWindow));
        Positive(options.AccountWindow, nameof(options.AccountWindow));
        Positive(options.RememberPasswords, nameof(options.RememberPasswords));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void AtLeastOne(int value, string path)
        {
            if (value < 1) faults.Add($"{nameof(SaslOptions)}:{path} is {value}; give 1 or more");
        }

        void Positive(TimeSpan value, string path)
        {
            if (value <= TimeSpan.Zero) faults.Add($"{nameof(SaslOptions)}:{path} is {value}; give more than zero");
        }
    }
}
