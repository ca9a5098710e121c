using System.Buffers;
using System.Text;

namespace Modus.Protocols.Pop3.Responses;

/// <summary>The lines of CAPA.</summary>
// capability = capa-tag *(SP param) CRLF
internal sealed class CapabilityBody(IReadOnlyList<string> capabilities) : IPop3Body
{
    public ValueTask<bool> WriteAsync(Pop3Output output, CancellationToken cancellationToken)
    {
        foreach (var capability in capabilities)
        {
            Encoding.ASCII.GetBytes(capability, output);
            output.Write("\r\n"u8);
        }

        return new(true);
    }

    public ValueTask DisposeAsync() => default;
}
