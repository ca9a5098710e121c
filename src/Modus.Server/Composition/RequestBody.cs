namespace Modus.Server.Composition;

/// <summary>Reads the body of a request whole, within a bound.</summary>
internal static class RequestBody
{
    /// <summary>The body; null when it is longer than <paramref name="most"/> octets.</summary>
    public static async ValueTask<byte[]?> ReadAsync(HttpContext context, int most)
    {
        using var body = new MemoryStream();
        var buffer = new byte[4096];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            if (body.Length + read > most) return null;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
