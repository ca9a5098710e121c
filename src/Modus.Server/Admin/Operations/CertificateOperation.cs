using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>What certificates and authorities were asked for; what their folders do not let it do is its answer.</summary>
internal abstract class CertificateOperation<TRequest, TResult>(
    string name, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<AdminReply<TResult>> replyType)
    : AdminOperation<TRequest, TResult>(name, requestType, replyType)
    where TRequest : class
    where TResult : class
{
    public sealed override async ValueTask<AdminReply<TResult>> RunAsync(TRequest request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (ports is not { ManagedCertificates: { } managed, Authorities: { } authorities })
            return new AdminFault(AdminFaultKind.NotAllowed, "No certificates are managed here.");
        try
        {
            return await RunAsync(request, new CertificatePorts(managed, authorities, ports), cancellationToken);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return new AdminFault(
                AdminFaultKind.NotAllowed,
                $"The certificates and keys in {Path.GetDirectoryName(managed.Folder)} cannot be used: {denied.Message} Run the command as the account that the "
                + "server runs as; its folders must be that account's, and have room.");
        }
    }

    protected abstract ValueTask<AdminReply<TResult>> RunAsync(TRequest request, CertificatePorts ports, CancellationToken cancellationToken);
}

/// <param name="Managed">The certificates that are managed by command.</param>
/// <param name="Authorities">The private authorities.</param>
/// <param name="All">The rest.</param>
internal sealed record CertificatePorts(ManagedCertificates Managed, PrivateAuthorities Authorities, AdminPorts All)
{
    public string Caller => All.Caller;
}
