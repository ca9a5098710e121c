using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Modus.Tests.Tls.Acme;

/// <summary>An authority that keeps to RFC 8555, but for what a test has it do first at a path.</summary>
internal sealed class ScriptedAuthority(ECDsa key) : HttpMessageHandler
{
    public const string Chain = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
    private const string Root = "https://ca.example";
    private readonly Dictionary<string, Queue<Func<HttpResponseMessage>>> _first = [];
    private readonly HashSet<string> _nonces = [];
    private int _nonce;
    private bool _isFinal;

    /// <summary>True for an authority with renewal information (RFC 9773).</summary>
    public bool HasRenewals { get; init; }

    public List<string> Asked { get; } = [];

    public List<string> Payloads { get; } = [];

    public static Uri Directory => new($"{Root}/dir");

    public ScriptedAuthority First(string path, Func<HttpResponseMessage> answer, int times = 1)
    {
        if (!_first.TryGetValue(path, out var answers)) _first[path] = answers = new();
        for (var i = 0; i < times; i++) answers.Enqueue(answer);
        return this;
    }

    public static HttpResponseMessage Problem(HttpStatusCode status, string type, string more = "") =>
        Json($$"""{"type":"urn:ietf:params:acme:error:{{type}}","detail":"told {{type}}"{{more}}}""", status);

    public static HttpResponseMessage Json(string text, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        Asked.Add(path);
        var isSigned = request.Content is null || Verify(await request.Content.ReadAsStringAsync(cancellationToken));
        var answer = !isSigned ? Problem(HttpStatusCode.Unauthorized, "unauthorized")
            : _first.TryGetValue(path, out var answers) && answers.TryDequeue(out var make) ? make()
            : Answer(path);
        var nonce = $"n{_nonce++}";
        _nonces.Add(nonce);
        answer.Headers.Add("Replay-Nonce", nonce);
        return answer;
    }

    private HttpResponseMessage Answer(string path)
    {
        switch (path)
        {
            case "/dir":
                var renewals = HasRenewals ? $"""
                    "renewalInfo":"{Root}/renewal/",
                    """ : "";
                return Json($$"""
                    { {{renewals}} "newNonce":"{{Root}}/nonce","newAccount":"{{Root}}/account","newOrder":"{{Root}}/orders",
                     "meta":{"profiles":{"shortlived":"six days"} } }
                    """);
            case "/nonce":
                return new HttpResponseMessage(HttpStatusCode.OK);
            case "/account":
                return At("/account/1", Json("{}", HttpStatusCode.Created));
            case "/orders":
                return At("/order", Json(Order("pending"), HttpStatusCode.Created));
            case "/authz":
                var status = Asked.Contains("/challenge") ? "valid" : "pending";
                return Json($$"""
                    {"status":"{{status}}","identifier":{"type":"dns","value":"mx.example"},
                     "challenges":[{"type":"http-01","url":"{{Root}}/challenge","token":"tok_en-1"}]}
                    """);
            case "/order":
                return Json(Order(_isFinal ? "valid" : "ready"));
            case "/finalize":
                _isFinal = true;
                return Json(Order("processing"));
            case "/cert":
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Chain) };
            default:
                return Json("{}");
        }
    }

    public static string Order(string status) =>
        $$"""{"status":"{{status}}","authorizations":["{{Root}}/authz"],"finalize":"{{Root}}/finalize","certificate":"{{Root}}/cert"}""";

    private static HttpResponseMessage At(string path, HttpResponseMessage answer)
    {
        answer.Headers.Location = new Uri(Root + path);
        return answer;
    }

    private bool Verify(string text)
    {
        using var body = JsonDocument.Parse(text);
        string Part(string name) => body.RootElement.GetProperty(name).GetString()!;
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(Part("protected")));
        Payloads.Add(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Part("payload"))));
        return _nonces.Remove(header.RootElement.GetProperty("nonce").GetString()!)
            && key.VerifyData(
                Encoding.ASCII.GetBytes($"{Part("protected")}.{Part("payload")}"), Base64Url.DecodeFromChars(Part("signature")),
                HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
