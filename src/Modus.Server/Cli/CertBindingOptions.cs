using System.CommandLine;
using Modus.Server.Admin.Operations;
using Modus.Server.Composition;

namespace Modus.Server.Cli;

/// <summary>The options that say what a certificate is for.</summary>
internal sealed class CertBindingOptions
{
    private const string Any = "any";

    private readonly Option<string[]> _addresses = new("--ip") { Description = "A local address that it is for; may be repeated; any for all.", HelpName = "ADDRESS" };
    private readonly Option<string[]> _names = new("--name") { Description = "A host name that it is for; may be repeated; any for those that it has.", HelpName = "HOST" };
    private readonly Option<string[]> _protocols = new("--protocol") { Description = $"{string.Join(", ", CertificateSources.Protocols)}; may be repeated; any for all.", HelpName = "PROTOCOL" };
    private readonly Option<bool> _default = new("--default") { Description = "Serve it where nothing else fits." };

    public CertBindingOptions(Command command)
    {
        _protocols.AcceptOnlyFromAmong([.. CertificateSources.Protocols, Any]);
        command.Options.Add(_addresses);
        command.Options.Add(_names);
        command.Options.Add(_protocols);
        command.Options.Add(_default);
    }

    public CertificateBindingWish Read(ParseResult parsed, bool isDefault = true) => new(
        Read(parsed, _addresses), Read(parsed, _names), Read(parsed, _protocols), parsed.GetValue(_default) ? true : isDefault ? null : false);

    private static string[]? Read(ParseResult parsed, Option<string[]> option) => parsed.GetValue(option) switch
    {
        null or [] => null,
        [Any] => [],
        var values => values,
    };
}
