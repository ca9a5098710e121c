using Modus.Server.Admin;
using Modus.Server.Configuration;
using Modus.Storage;

namespace Modus.Server.Composition;

/// <summary><c>/metrics</c>, <c>/healthz</c> (the process lives and its store answers) and <c>/readyz</c> (it takes connections).</summary>
internal static class HttpEndpoints
{
    public static void Map(IApplicationBuilder app)
    {
        app.MapPlain();
        app.MapPublic(); // first: behind the public door there is nothing else
        app.UseOpenTelemetryPrometheusScrapingEndpoint("/metrics");
        app.MapHealth();
        app.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    /// <summary>The two that tell how the server is.</summary>
    public static void MapHealth(this IApplicationBuilder app)
    {
        app.Map(HealthCheck.HealthPath, branch => branch.Run(AnswerHealthAsync));
        app.Map(HealthCheck.ReadinessPath, branch => branch.Run(AnswerReadinessAsync));
    }

    private static async Task AnswerHealthAsync(HttpContext context)
    {
        var services = context.RequestServices;
        try
        {
            var hostname = services.GetRequiredService<ServerConfiguration>().Hostname;
            await services.GetRequiredService<IDirectory>().FindDomainAsync(hostname, context.RequestAborted);
            await AnswerAsync(context, isWell: true, "ok\n");
        }
        catch (StoreFailedException)
        {
            await AnswerAsync(context, isWell: false, "the store has failed\n");
        }
    }

    private static Task AnswerReadinessAsync(HttpContext context)
    {
        var lifetime = context.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        var isReady = lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested;
        return AnswerAsync(context, isReady, isReady ? "ready\n" : "not ready\n");
    }

    private static Task AnswerAsync(HttpContext context, bool isWell, string text)
    {
        context.Response.StatusCode = isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
