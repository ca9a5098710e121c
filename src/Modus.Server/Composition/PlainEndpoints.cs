using Microsoft.AspNetCore.Connections;
using Modus.Tls;

namespace Modus.Server.Composition;

/// <summary>
/// What the http listeners have: the answers to challenges that an authority set (RFC 8555 §8.3), at the moment that it did. Whatever else
/// is asked in clear is not found: nothing here takes a password, and nothing leads to where one is taken.
/// </summary>
internal static class PlainEndpoints
{
    /// <summary>Marks the connections of this listener, and takes only so many of them at once.</summary>
    public static void UsePlainDoor(this IConnectionBuilder listener)
    {
        listener.UsePublicDoor();
        listener.Use(static next => connection =>
        {
            connection.Features.Set(PlainDoor.Instance);
            return next(connection);
        });
    }

    public static void MapPlain(this IApplicationBuilder app) => app.MapWhen(
        static context => context.Features.Get<PlainDoor>() is not null,
        static authorities => authorities.Run(AnswerAsync));

    private static async Task AnswerAsync(HttpContext context)
    {
        var method = context.Request.Method;
        var isAsked = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        if (!isAsked || context.RequestServices.GetRequiredService<HttpChallenges>().Find(context.Request.Path) is not { } answer)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = answer.Length; // ASCII
        if (HttpMethods.IsGet(method)) await context.Response.WriteAsync(answer, context.RequestAborted);
    }

    private sealed class PlainDoor
    {
        public static readonly PlainDoor Instance = new();
    }
}
