using System.Net;

namespace Modus.Server.TlsCheck;

/// <summary>What is checked.</summary>
/// <param name="Name">The name that is asked for and that the certificate must have.</param>
/// <param name="EndPoint">Where.</param>
/// <param name="Protocol">What is spoken, as on the command line.</param>
internal sealed record CheckTarget(string Name, IPEndPoint EndPoint, string Protocol)
{
    public CheckDialect Dialect => CheckDialect.Known[Protocol].Dialect;

    public bool IsImplicit => CheckDialect.Known[Protocol].IsImplicit;
}
