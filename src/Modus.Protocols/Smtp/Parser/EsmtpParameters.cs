namespace Modus.Protocols.Smtp.Parser;

/// <summary>One parameter of MAIL or RCPT.</summary>
/// <param name="Name">Its keyword in upper case.</param>
/// <param name="Value">What stands behind the equals sign; null when there is none.</param>
internal readonly record struct EsmtpParameter(string Name, string? Value);

/// <summary>Walks over the parameters of MAIL and RCPT; none may come twice.</summary>
internal readonly struct EsmtpParameters(string text)
{
    /// <summary>The first keyword that stands there twice; null when none does.</summary>
    public string? FindRepeated()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in this)
            if (!seen.Add(parameter.Name)) return parameter.Name;
        return null;
    }

    // Mail-parameters = esmtp-param *(SP esmtp-param) ; esmtp-param = esmtp-keyword ["=" esmtp-value]
    public IEnumerator<EsmtpParameter> GetEnumerator()
    {
        foreach (var parameter in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            yield return equals < 0
                ? new EsmtpParameter(parameter.ToUpperInvariant(), null)
                : new EsmtpParameter(parameter[..equals].ToUpperInvariant(), parameter[(equals + 1)..]);
        }
    }
}
