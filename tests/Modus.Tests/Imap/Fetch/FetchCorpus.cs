using System.Text;

namespace Modus.Tests.Imap.Fetch;

/// <summary>Odd messages by name.</summary>
internal static class FetchCorpus
{
    public const string Inner =
        "From: Inner <i@example.org>\r\nSubject: inner\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=in\r\n\r\n" +
        "--in\r\nContent-Type: text/plain\r\n\r\nplain\r\n--in\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n--in--\r\n";

    public static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, byte[]>
    {
        ["plain"] = Latin1("From: a@b\r\nTo: c@d\r\nSubject: s\r\nDate: Thu, 31 Jan 2030 08:00:00 +0000\r\nMessage-ID: <1@b>\r\n\r\nhello\r\n"),
        ["no body, no empty line"] = Latin1("From: a@b\r\nSubject: s\r\n"),
        ["no body"] = Latin1("From: a@b\r\nSubject: s\r\n\r\n"),
        ["no final newline"] = Latin1("From: a@b\r\nSubject: s\r\n\r\nhello"),
        ["nested"] = Latin1(Multipart("mixed", "o",
            "Content-Type: text/plain\r\n\r\none\r\n",
            Multipart("related", "m", "Content-Type: text/html\r\nContent-ID: <h@x>\r\n\r\n<b>two</b>\r\n", Multipart("alternative", "i", "\r\nthree", "Content-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lGODlh\r\n")))),
        ["message in message"] = Latin1(Multipart("mixed", "o", "\r\nfirst", "Content-Type: message/rfc822\r\n\r\n" + Multipart("mixed", "p", "\r\nx",
            "Content-Type: message/rfc822\r\n\r\n" + Inner))),
        ["message at the top"] = Latin1("Subject: outer\r\nContent-Type: message/rfc822\r\n\r\n" + Inner),
        ["plain message in a message"] = Latin1("Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nSubject: innermost\r\n\r\nbody\r\n"),
        ["no closing boundary"] = Latin1("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n"),
        ["preamble and epilogue"] = Latin1("Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\none\r\n--b--\r\nepilogue\r\n"),
        ["empty parts"] = Latin1("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\r\n--b\r\n\r\n\r\n--b--\r\n"),
        ["8-bit header in UTF-8"] = Encoding.UTF8.GetBytes("From: J\u00f6rg \u4e2d <j@b>\r\nSubject: Gr\u00fc\u00dfe\r\n\r\nb\u00f6dy\r\n"),
        ["8-bit header in Latin-1"] = Latin1("From: a@b\r\nSubject: Gr\u00fc\u00dfe\r\n\r\nb\u00f6dy\r\n"),
        ["encoded words"] = Latin1("From: =?utf-8?q?J=C3=B6rg?= <j@b>, \"Q, \\\"uoted\\\"\" <q@b>\r\nTo: Team: x@y, Z <z@y>;, undisclosed:;\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\n\r\nx\r\n"),
        ["parameters of RFC 2231"] = Latin1(Multipart("mixed", "o",
            "Content-Type: text/plain; charset=utf-8; name*=utf-8'de'r%C3%A9sum%C3%A9%20%22x%22.txt\r\nContent-Disposition: attachment; filename*0*=utf-8''%C3%A9; filename*1=\" long\"; size=12\r\n" +
            "Content-Language: de, en\r\nContent-Location: http://x/y\r\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\nContent-Description: d\r\n\r\nx\r\n",
            "Content-Type: application/pdf; name=\"plain.pdf\"\r\nContent-Transfer-Encoding: base64\r\nContent-Language: fr\r\n\r\nJVBERg==\r\n")),
        ["base64 garbage"] = Latin1(Multipart("mixed", "o",
            "Content-Transfer-Encoding: base64\r\n\r\n aGVs\tbG8-=!\r\n\r\nd29y*bGQ=\r\n",
            "Content-Transfer-Encoding: BASE64\r\nContent-Type: application/octet-stream\r\n\r\n" + Lines(Convert.ToBase64String(Enumerable.Range(0, 50_000).Select(i => (byte)(i * 7)).ToArray())))),
        ["quoted-printable"] = Latin1(Multipart("mixed", "o",
            "Content-Transfer-Encoding: quoted-printable\r\n\r\nsoft =\r\nbreak =e4=C4 =3D\r\n=\r\n" + string.Concat(Enumerable.Repeat("line =41 with words and a soft break=\r\n", 2000)),
            "Content-Transfer-Encoding: quoted-printable\r\n\r\nends in =")),
        ["bare CR and LF"] = Latin1("From: a@b\nSubject: lf\n\nline\nnext\rstill\r\n"),
        ["one field of 100 KB"] = Latin1("From: a@b\r\nX-Long: " + string.Concat(Enumerable.Repeat("word word word\r\n ", 6000)) + "end\r\nSubject: s\r\n\r\nx\r\n"),
        ["2,000 parts"] = Latin1(Multipart("mixed", "o", [.. Enumerable.Range(0, 2000).Select(i => $"Content-Type: text/plain; name=n{i}\r\n\r\npart {i}\r\n")])),
        ["nothing"] = [],
    };

    public static string Multipart(string subtype, string boundary, params string[] parts) =>
        $"Content-Type: multipart/{subtype}; boundary={boundary}\r\n\r\n" + string.Concat(parts.Select(part => $"--{boundary}\r\n{part}\r\n")) + $"--{boundary}--\r\n";

    private static string Lines(string text) => string.Concat(text.Chunk(76).Select(line => new string(line) + "\r\n"));

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);
}
