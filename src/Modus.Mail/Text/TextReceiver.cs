using MimeKit;

namespace Modus.Mail.Text;

/// <summary>Takes the text of one message as the <see cref="TextWalker"/> comes by it: fields first, then the body in pieces.</summary>
internal abstract class TextReceiver
{
    /// <summary>True when the rest of the message does not matter any more.</summary>
    public virtual bool IsDone => false;

    /// <summary>Whether anything of the body is wanted.</summary>
    public virtual bool WantsBody => true;

    /// <summary>A field of the message's own header: its decoded and unfolded value.</summary>
    public abstract void AddField(HeaderId id, string name, string value);

    /// <summary>A piece of the body.</summary>
    public abstract void AddBody(ReadOnlySpan<char> text);
}
