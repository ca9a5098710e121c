using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Modus.Server.Composition;

namespace Modus.Server.Autoconfiguration;

/// <summary>Where mail programs ask for their settings. Strangers: nothing that is answered here says whether an account exists.</summary>
internal static class AutoconfigurationEndpoints
{
    public const string MozillaPath = "/mail/config-v1.1.xml";
    public const string MozillaWellKnownPath = "/.well-known/autoconfig" + MozillaPath;
    public const string ApplePath = "/mail.mobileconfig";
    public const string MicrosoftPath = "/autodiscover/autodiscover.xml";
    public const string MicrosoftJsonPath = "/autodiscover/autodiscover.json";

    /// <summary>In the query: the address.</summary>
    public const string AddressKey = "emailaddress";

    private const string Xml = "text/xml; charset=utf-8";

    // The one protocol of Autodiscover's second version that is spoken here: it leads to the first version's XML.
    private const string FirstVersion = "AutodiscoverV1";

    /// <summary>What answers a request; null when it is none for settings.</summary>
    public static RequestDelegate? Find(HttpRequest request)
    {
        if (HttpMethods.IsPost(request.Method)) return request.Path == MicrosoftPath ? AnswerMicrosoftAsync : null;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return null;
        if (request.Path == MozillaPath || request.Path == MozillaWellKnownPath) return AnswerMozillaAsync;
        if (request.Path == ApplePath) return AnswerAppleAsync;
        return request.Path == MicrosoftJsonPath ? AnswerMicrosoftJsonAsync : null;
    }

    private static async Task AnswerMozillaAsync(HttpContext context)
    {
        var question = await SetupQuestion.ReadAsync(context, TextOf(context.Request.Query[AddressKey]));
        await AnswerAsync(context, Xml, question is null ? null : MozillaConfiguration.Write(question.Offer, question.Domain));
    }

    private static async Task AnswerAppleAsync(HttpContext context)
    {
        var question = await SetupQuestion.ReadAsync(context, TextOf(context.Request.Query[AddressKey]));
        if (question?.Address is { } address) context.Response.Headers.ContentDisposition = $"attachment; filename=\"{address.Domain}.mobileconfig\"";
        await AnswerAsync(context, AppleProfile.ContentType, question?.Address is null ? null : AppleProfile.Write(question.Offer, question.Address));
    }

    private static async Task AnswerMicrosoftAsync(HttpContext context)
    {
        if (await RequestBody.ReadAsync(context, MicrosoftRequest.MaxLength) is not { } body)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        if (MicrosoftRequest.Read(body) is not { } request)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var question = await SetupQuestion.ReadAsync(context, request.Address);
        if (question?.Address is not { } address) await AnswerAsync(context, Xml, null);
        else if (request.Schema is null or MicrosoftSettings.Schema) await AnswerAsync(context, Xml, MicrosoftSettings.Write(question.Offer, address));
        else await AnswerAsync(context, Xml, MicrosoftSettings.WriteNotProvided());
    }

    private static async Task AnswerMicrosoftJsonAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var isFirst = string.Equals(TextOf(query["Protocol"]), FirstVersion, StringComparison.OrdinalIgnoreCase);
        var question = isFirst ? await SetupQuestion.ReadAsync(context, TextOf(query["Email"])) : null;
        await AnswerAsync(context, "application/json", question?.Address is null ? null : WritePointer(context.Request.Host));
    }

    // The host is one of ours: SetupQuestion saw to that.
    private static byte[] WritePointer(HostString host)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("Protocol", FirstVersion);
            json.WriteString("Url", $"https://{host.ToUriComponent()}{MicrosoftPath}");
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string? TextOf(StringValues values) => values.Count == 0 ? null : values.ToString();

    private static async Task AnswerAsync(HttpContext context, string type, byte[]? body)
    {
        if (body is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store"; // addresses are nobody else's, and ports may change
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
