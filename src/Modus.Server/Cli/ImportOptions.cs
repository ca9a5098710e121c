using System.CommandLine;
using Modus.Server.Moving.Import;

namespace Modus.Server.Cli;

/// <summary>What every <c>modus import …</c> takes besides its source.</summary>
internal sealed class ImportOptions
{
    private readonly Argument<string> _account = new("account") { Description = "The account that gets the mail." };

    private readonly Option<string[]> _mailboxes = new("--mailbox")
    {
        Description = "Only this mailbox of the source; may be repeated.",
        HelpName = "NAME",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string?> _into = new("--into")
    {
        Description = "Put all of it below this mailbox.",
        HelpName = "NAME",
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_account);
        command.Options.Add(_mailboxes);
        command.Options.Add(_into);
    }

    public ImportPlan Read(ParseResult parsed) =>
        new(parsed.GetRequiredValue(_account), parsed.GetValue(_mailboxes) ?? [], parsed.GetValue(_into));
}
