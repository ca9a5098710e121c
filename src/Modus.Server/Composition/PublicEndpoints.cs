using Microsoft.AspNetCore.Connections;
using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Delivery.TlsReports;
using Modus.Delivery.Vpn;
using Modus.Mail.Addresses;
using Modus.Server.Autoconfiguration;

namespace Modus.Server.Composition;

/// <summary>
/// What the https listeners have for other servers: the MTA-STS policies of domains here, each at its host <c>mta-sts.&lt;domain&gt;</c>
/// (RFC 8461 §3.3), a place for TLS reports (RFC 8460 §5.4), and one for gateways of the e-mail VPN; and for mail programs, their settings. Nothing
/// else is seen there, and this nowhere else.
/// </summary>
internal static class PublicEndpoints
{
    private const string StsPath = "/.well-known/mta-sts.txt";
    private const string ReportPath = "/tlsrpt";
    private const string StsHostPrefix = "mta-sts.";

    /// <summary>Marks the connections of this listener as strangers', and takes only so many of them at once.</summary>
    public static void UsePublicDoor(this IConnectionBuilder listener)
    {
        var door = new PublicDoor();
        listener.Use(next => connection => door.OnConnectionAsync(connection, next));
    }

    public static void MapPublic(this IApplicationBuilder app) => app.MapWhen(
        context => context.Features.Get<PublicDoor>() is not null,
        strangers => strangers.Run(AnswerAsync));

    private static Task AnswerAsync(HttpContext context)
    {
        var method = context.Request.Method;
        if (context.Request.Path == StsPath && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method))) return AnswerPolicyAsync(context);
        if (context.Request.Path == ReportPath && HttpMethods.IsPost(method)) return TakeReportAsync(context);
        if (context.Request.Path == VpnGateway.Path && HttpMethods.IsPost(method)) return AnswerGatewayAsync(context);
        if (AutoconfigurationEndpoints.Find(context.Request) is { } answer) return answer(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task AnswerGatewayAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        if (context.Connection.RemoteIpAddress is not { } address || await RequestBody.ReadAsync(context, VpnGateway.MaxRequest) is not { } request) return;
        var from = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var answer = await context.RequestServices.GetRequiredService<VpnGateway>().AnswerAsync(request, from, context.RequestAborted);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    private static async Task TakeReportAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        if (await RequestBody.ReadAsync(context, ReceivedTlsReports.MaxPayload) is not { } payload) return;
        var reports = context.RequestServices.GetRequiredService<ReceivedTlsReports>();
        context.Response.StatusCode = await reports.TakeAsync(payload, "HTTPS", context.RequestAborted) switch
        {
            TlsReportReceipt.Taken => StatusCodes.Status201Created,
            TlsReportReceipt.Invalid => StatusCodes.Status400BadRequest,
            TlsReportReceipt.NotOurs => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
    }

    private static async Task AnswerPolicyAsync(HttpContext context)
    {
        var host = context.Request.Host.Host;
        var policies = context.RequestServices.GetRequiredService<OwnStsPolicies>();
        if (!host.StartsWith(StsHostPrefix, StringComparison.OrdinalIgnoreCase)
            || !Domain.TryParse(host[StsHostPrefix.Length..], out var domain)
            || await policies.FindAsync(domain, context.RequestAborted) is not { } policy)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = policy.Text.Length; // ASCII
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.WriteAsync(policy.Text, context.RequestAborted);
    }

    private sealed class PublicDoor
    {
        // Enough for every server that looks for a policy in the same second, too few to starve the mail of sockets.
        private const int MaxConnections = 1000;

        private int _connections;

        public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
        {
            try
            {
                if (Interlocked.Increment(ref _connections) > MaxConnections) return;
                connection.Features.Set(this);
                await next(connection);
            }
            finally
            {
                Interlocked.Decrement(ref _connections);
            }
        }
    }
}
