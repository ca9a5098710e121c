using System.Text;
using MailKit;

namespace Modus.EndToEnd.Tests.Imap;

/// <summary>What MailKit and the server said, to look for things in while it goes on.</summary>
internal sealed class Conversation : IProtocolLogger
{
    private readonly StringBuilder _said = new();
    private readonly Lock _lock = new();

    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    public void LogConnect(Uri uri)
    {
    }

    public void LogClient(byte[] buffer, int offset, int count) => Log(buffer, offset, count);

    public void LogServer(byte[] buffer, int offset, int count) => Log(buffer, offset, count);

    public override string ToString()
    {
        lock (_lock) return _said.ToString();
    }

    public void Dispose()
    {
    }

    private void Log(byte[] buffer, int offset, int count)
    {
        lock (_lock) _said.Append(Encoding.Latin1.GetString(buffer, offset, count));
    }
}
