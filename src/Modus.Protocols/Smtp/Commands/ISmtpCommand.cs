namespace Modus.Protocols.Smtp.Commands;

/// <summary>A verb. Stateless: the session holds the state, and alone writes the reply.</summary>
internal interface ISmtpCommand
{
    /// <summary>Runs the command. The argument is trimmed, valid UTF-8 and free of control characters.</summary>
    ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument);
}
