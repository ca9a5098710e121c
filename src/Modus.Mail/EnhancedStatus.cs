using System.Globalization;

namespace Modus.Mail;

/// <summary>An enhanced mail system status code (RFC 3463 §2): <c>class.subject.detail</c>.</summary>
/// <param name="Class">2 success, 4 persistent transient failure, 5 permanent failure; 0 means "no code".</param>
/// <param name="Subject">0 to 999.</param>
/// <param name="Detail">0 to 999.</param>
public readonly record struct EnhancedStatus(byte Class, short Subject, short Detail)
{
    /// <summary>True for <c>default</c>: replies such as the greeting and EHLO carry no code (RFC 2034 §4).</summary>
    public bool IsNone => Class == 0;

    /// <summary>The code with dots, for example <c>5.7.1</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}.{Subject}.{Detail}");
}
