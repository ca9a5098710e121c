using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Modus.Server.Composition;

namespace Modus.Server.Admin;

/// <summary>
/// Serves the operations as <c>POST /operations/{name}</c>, and health. Only connections that came in through the admin socket see
/// them, whatever other HTTP listeners there are.
/// </summary>
internal static class AdminEndpoint
{
    public const string Route = "/operations/";

    /// <summary>A request is a name and a few numbers; 1 MB holds an alias of a thousand targets, however they are written.</summary>
    public const int MaxRequest = 1024 * 1024;

    /// <summary>Marks the connections of this listener as the administrator's.</summary>
    public static void UseAdminDoor(this IConnectionBuilder listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(AdminDoor.Instance);
        return next(connection);
    });

    public static void MapAdmin(this IApplicationBuilder app) => app.MapWhen(
        context => context.Features.Get<AdminDoor>() is not null,
        static admin =>
        {
            admin.MapHealth();
            admin.Run(AnswerAsync);
        });

    private static async Task AnswerAsync(HttpContext context)
    {
        var name = context.Request.Path.StartsWithSegments(Route.TrimEnd('/'), out var rest) ? rest.Value?.TrimStart('/') : null;
        if (name is null || !AdminOperations.ByName.TryGetValue(name, out var operation) || !HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var ports = context.RequestServices.GetRequiredService<AdminPorts>();
        var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Modus.Server.Admin");
        if (await RequestBody.ReadAsync(context, operation.MaxRequest) is not { } request)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        try
        {
            var caller = LocalUser.At(context.Features.Get<IConnectionSocketFeature>()?.Socket);
            ServerLog.AdminOperationAsked(log, operation.Name, caller);
            var reply = await operation.RunAsync(request, ports with { Caller = caller }, context.RequestAborted);
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(reply, context.RequestAborted);
        }
        catch (JsonException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    private sealed class AdminDoor
    {
        public static readonly AdminDoor Instance = new();
    }
}
