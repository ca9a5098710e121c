using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
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
        if (name is not null && HttpMethods.IsPost(context.Request.Method))
        {
            if (AdminOperations.ByName.TryGetValue(name, out var operation)) await AnswerAsync(context, operation);
            else if (AdminOperations.Uploads.TryGetValue(name, out var upload)) await AnswerAsync(context, upload);
            else context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private static async Task AnswerAsync(HttpContext context, AdminOperation operation)
    {
        if (await RequestBody.ReadAsync(context, operation.MaxRequest) is not { } request)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        try
        {
            var reply = await operation.RunAsync(request, Ports(context, operation.Name, operation.IsStep), context.RequestAborted);
            await ReplyAsync(context, reply);
        }
        catch (JsonException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    // The body may be as long and as slow as it likes: the operation bounds what it takes.
    private static async Task AnswerAsync(HttpContext context, AdminUpload upload)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
        try
        {
            var reply = await upload.RunInJsonAsync(context.Request.Body, Ports(context, upload.Name, isStep: true), context.RequestAborted);
            await ReplyAsync(context, reply);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException or JsonException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Who sent it went away in the middle: nothing was done.
        }
    }

    private static AdminPorts Ports(HttpContext context, string operation, bool isStep)
    {
        var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Modus.Server.Admin");
        var caller = LocalUser.At(context.Features.Get<IConnectionSocketFeature>()?.Socket);
        if (isStep) ServerLog.AdminStepAsked(log, operation, caller);
        else ServerLog.AdminOperationAsked(log, operation, caller);
        return context.RequestServices.GetRequiredService<AdminPorts>() with { Caller = caller };
    }

    private static async Task ReplyAsync(HttpContext context, byte[] reply)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(reply, context.RequestAborted);
    }

    private sealed class AdminDoor
    {
        public static readonly AdminDoor Instance = new();
    }
}
