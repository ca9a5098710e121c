using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Modus.Testing.Smtp;

/// <summary>One conversation of a <see cref="ScriptedSmtpServer"/>, by the book but for what its <see cref="ScriptedPeer"/> says.</summary>
internal sealed class ScriptedSmtpSession(
    ScriptedPeer peer,
    SmtpVisit visit,
    Stream clear,
    TimeProvider clock,
    Action<SmtpReceived> receive,
    Action fallSilent,
    CancellationToken stop) : IAsyncDisposable
{
    private static readonly Lazy<X509Certificate2> SelfSigned = new(static () =>
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mx.peer.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("mx.peer.test");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    });

    private readonly List<string> _recipients = [];
    private SslStream? _encrypted;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private int _transactions;
    private string? _mail;
    private bool _isLoggedIn;
    private MemoryStream? _chunks;

    private enum Next
    {
        Go,
        Close,
        Reset,
    }

    private Stream Current => _encrypted ?? clear;

    private bool IsEncrypted => _encrypted is not null;

    /// <returns>True when the connection shall break as by a reset.</returns>
    public async Task<bool> RunAsync()
    {
        var next = peer.Tls == PeerTls.Implicit ? await ShakeHandsAsync() : Next.Go;
        if (next == Next.Go) next = await SayAsync(peer.Greeting ?? $"220 {peer.Name} ESMTP");
        while (next == Next.Go && await ReadLineAsync() is { } line) next = await ObeyAsync(line);
        return next == Next.Reset;
    }

    public async ValueTask DisposeAsync()
    {
        if (_encrypted is null) return;
        try
        {
            await _encrypted.ShutdownAsync();
        }
        catch (Exception fault) when (fault is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The client was first.
        }

        await _encrypted.DisposeAsync();
    }

    private async Task<Next> ObeyAsync(string line)
    {
        line = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line));
        visit.Add("C: " + line);
        var said = new SmtpSaid(line, IsEncrypted, _transactions);
        if (said.Verb == "MAIL") said = said with { Transaction = ++_transactions };
        if (peer.Answer?.Invoke(said) is { } other)
        {
            var next = await SayAsync(other);
            if (next != Next.Go || !IsPositive(other)) return next;
            Remember(said);
            return said.Verb == "DATA" && other[0] == '3' ? await TakeDataAsync() : Next.Go;
        }

        switch (said.Verb)
        {
            case "EHLO":
                _mail = null;
                return await SayAsync(Hello());
            case "HELO":
                _mail = null;
                return await SayAsync($"250 {peer.Name}");
            case "STARTTLS":
                return await StartTlsAsync();
            case "AUTH":
                return await LogInAsync(line);
            case "DATA":
                return _mail is null || _recipients.Count == 0 ? await SayAsync("503 5.5.1 no valid recipients")
                    : await SayAsync("354 go ahead") is var next and not Next.Go ? next
                    : await TakeDataAsync();
            case "BDAT":
                return await TakeChunkAsync(line);
            case "QUIT":
                await SayAsync("221 2.0.0 bye");
                return Next.Close;
            default:
                return await SayAsync(Usual(said));
        }
    }

    private static bool IsPositive(string reply) => reply.StartsWith('2') || reply.StartsWith('3');

    private string Usual(SmtpSaid said)
    {
        if (said.Verb == "MAIL" && peer.DemandsTls && !IsEncrypted) return "530 5.7.0 Must issue a STARTTLS command first";
        if (said.Verb == "MAIL" && peer.Accounts is not null && !_isLoggedIn) return "530 5.7.0 Authentication required";
        if (said.Verb == "MAIL" && _mail is not null) return "503 5.5.1 nested MAIL";
        if (said.Verb == "RCPT" && _mail is null) return "503 5.5.1 MAIL first";
        if (said.Verb is not ("MAIL" or "RCPT" or "RSET" or "NOOP")) return "500 5.5.1 what?";
        Remember(said);
        return said.Verb switch
        {
            "MAIL" => "250 2.1.0 sender ok",
            "RCPT" => "250 2.1.5 recipient ok",
            _ => "250 2.0.0 ok",
        };
    }

    private void Remember(SmtpSaid said)
    {
        if (said.Verb is "MAIL" or "RSET")
        {
            _mail = said.Verb == "MAIL" ? said.Line : null;
            _recipients.Clear();
            _chunks = null;
        }
        else if (said.Verb == "RCPT" && _mail is not null)
        {
            _recipients.Add(said.Line);
        }
    }

    private string Hello()
    {
        var lines = new List<string> { peer.Name };
        lines.AddRange(peer.Offers);
        if (IsEncrypted) lines.AddRange(peer.OffersInTls);
        else if (peer.Tls == PeerTls.Masked) lines.Add("XXXXXXXA");
        else if (peer.Tls != PeerTls.NotOffered) lines.Add("STARTTLS");
        if (IsEncrypted && peer.Accounts is not null) lines.Add("AUTH PLAIN LOGIN");
        return string.Join("\r\n", lines.Select((line, i) => $"250{(i + 1 < lines.Count ? '-' : ' ')}{line}"));
    }

    private async Task<Next> StartTlsAsync()
    {
        switch (peer.Tls)
        {
            case PeerTls.NotOffered or PeerTls.Implicit:
                return await SayAsync("502 5.5.1 no TLS here");
            case PeerTls.Masked:
                return await SayAsync("500 5.5.1 what?");
            case PeerTls.RefusedForNow:
                return await SayAsync("454 4.7.0 TLS not available due to temporary reason");
            case PeerTls.RefusedForGood:
                return await SayAsync("554 5.7.3 unable to initialize security subsystem");
            case PeerTls.DropsAtCommand:
                return Next.Close;
            case PeerTls.Injects:
                return await SayAsync("220 2.0.0 go ahead\r\n250-evil.test\r\n250 AUTH PLAIN");
        }

        if (_start != _end) visit.Add("(bytes behind STARTTLS)");
        await SayAsync("220 2.0.0 go ahead");
        switch (peer.Tls)
        {
            case PeerTls.DropsInHandshake:
                return Next.Close;
            case PeerTls.HangsInHandshake:
                return await WaitForEverAsync();
            case PeerTls.Alerts:
                await clear.ReadAtLeastAsync(new byte[1024], 5, throwOnEndOfStream: false, stop);
                await clear.WriteAsync(new byte[] { 21, 3, 3, 0, 2, 2, 40 }, stop); // fatal handshake_failure
                return Next.Close;
            case PeerTls.SaysGarbage:
                await clear.ReadAtLeastAsync(new byte[1024], 5, throwOnEndOfStream: false, stop);
                return await SayAsync("500 5.5.1 what was that?");
            default:
                return await ShakeHandsAsync();
        }
    }

    private async Task<Next> ShakeHandsAsync()
    {
        var encrypted = new SslStream(clear, leaveInnerStreamOpen: true);
        var certificate = peer.Certificate ?? SelfSigned.Value;
        await encrypted.AuthenticateAsServerAsync(
            (_, hello, _, _) =>
            {
                visit.ServerName = hello.ServerName;
                return ValueTask.FromResult(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = SslStreamCertificateContext.Create(certificate, [.. peer.Chain], offline: true),
                    EnabledSslProtocols = peer.Versions,
                    ClientCertificateRequired = peer.AsksForCertificate,
                    RemoteCertificateValidationCallback = static (_, _, _, _) => true,
                });
            },
            null,
            stop);
        _encrypted = encrypted;
        visit.IsEncrypted = true;
        visit.ClientCertificate = encrypted.RemoteCertificate?.Subject;
        visit.Add("(TLS)");
        _mail = null;
        return peer.Tls switch
        {
            PeerTls.ClosesAfterHandshake => Next.Close,
            PeerTls.HangsAfterHandshake => await WaitForEverAsync(),
            _ => Next.Go,
        };
    }

    // AUTH PLAIN with and AUTH LOGIN without an initial response.
    private async Task<Next> LogInAsync(string line)
    {
        if (peer.DemandsTls && !IsEncrypted) return await SayAsync("530 5.7.0 Must issue a STARTTLS command first");
        if (peer.Accounts is null || !IsEncrypted) return await SayAsync("502 5.5.1 no AUTH here");
        var words = line.Split(' ');
        string name, password;
        if (words[1] == "PLAIN")
        {
            var parts = Encoding.UTF8.GetString(Convert.FromBase64String(words[2])).Split('\0');
            (name, password) = (parts[1], parts[2]);
        }
        else
        {
            await SayAsync("334 VXNlcm5hbWU6");
            name = Encoding.UTF8.GetString(Convert.FromBase64String(await ReadLineAsync() ?? ""));
            await SayAsync("334 UGFzc3dvcmQ6");
            password = Encoding.UTF8.GetString(Convert.FromBase64String(await ReadLineAsync() ?? ""));
        }

        _isLoggedIn = peer.Accounts.TryGetValue(name, out var right) && right == password;
        return await SayAsync(_isLoggedIn ? "235 2.7.0 welcome" : "535 5.7.8 wrong");
    }

    private async Task<Next> TakeDataAsync()
    {
        var content = new MemoryStream();
        while (await ReadLineAsync() is { } line)
        {
            if (line == ".") return await ConcludeAsync(content.ToArray());
            content.Write(Encoding.Latin1.GetBytes(line.StartsWith('.') ? line[1..] : line));
            content.Write("\r\n"u8);
            if (content.Length > peer.StopsReadingAfter) return await StopReadingAsync();
        }

        visit.Add("(closed in the content)");
        return Next.Close;
    }

    private async Task<Next> TakeChunkAsync(string line)
    {
        var words = line.Split(' ');
        _chunks ??= new MemoryStream();
        for (var left = int.Parse(words[1], CultureInfo.InvariantCulture); left > 0;)
        {
            if (_start == _end && !await FillAsync())
            {
                visit.Add("(closed in the content)");
                return Next.Close;
            }

            var count = Math.Min(left, _end - _start);
            _chunks.Write(_buffer, _start, count);
            _start += count;
            left -= count;
            if (_chunks.Length > peer.StopsReadingAfter) return await StopReadingAsync();
        }

        if (_mail is null || _recipients.Count == 0) return await SayAsync("503 5.5.1 no valid recipients");
        if (words.Length < 3) return await SayAsync("250 2.0.0 go on");
        var content = _chunks.ToArray();
        _chunks = null;
        return await ConcludeAsync(content);
    }

    private async Task<Next> ConcludeAsync(byte[] content)
    {
        visit.Add($"({content.Length} bytes)");
        var received = new SmtpReceived(_mail ?? "", [.. _recipients], content, IsEncrypted, visit);
        _mail = null;
        if (received.RcptLines.Count == 0) return await SayAsync("554 5.5.1 no valid recipients"); // where DATA was taken without any
        var answer = peer.AnswerContent?.Invoke(received) ?? "250 2.0.0 taken";
        if (answer.StartsWith('2')) receive(received); // before the client can know it
        return await SayAsync(answer);
    }

    private async Task<Next> StopReadingAsync()
    {
        await SayAsync(peer.EarlyAnswer);
        return await WaitForEverAsync();
    }

    private async Task<Next> WaitForEverAsync()
    {
        fallSilent();
        await Task.Delay(Timeout.Infinite, stop);
        return Next.Close;
    }

    private async Task<Next> SayAsync(string reply)
    {
        visit.Add("S: " + reply);
        switch (reply)
        {
            case ScriptedPeer.Drop:
                return Next.Close;
            case ScriptedPeer.Reset:
                return Next.Reset;
            case ScriptedPeer.Silence:
                return await WaitForEverAsync();
            case ScriptedPeer.EndlessLine or ScriptedPeer.EndlessLines:
                var piece = Encoding.ASCII.GetBytes(reply == ScriptedPeer.EndlessLine ? new string('x', 1000) : "250-and more\r\n");
                if (reply == ScriptedPeer.EndlessLine) await Current.WriteAsync("250 "u8.ToArray(), stop);
                while (true) await Current.WriteAsync(piece, stop);
        }

        var bytes = Encoding.UTF8.GetBytes(reply + "\r\n");
        if (!peer.IsDripping)
        {
            await Current.WriteAsync(bytes, stop);
            return Next.Go;
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            await Current.WriteAsync(bytes.AsMemory(i, 1), stop);
            if (peer.DripPause > TimeSpan.Zero) await Task.Delay(peer.DripPause, clock, stop);
            else await Task.Yield();
        }

        return Next.Go;
    }

    // Bytes as characters, so that content passes as it is.
    private async Task<string?> ReadLineAsync()
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, end);
                _start += end + 2;
                return line;
            }

            if (!await FillAsync()) return null;
        }
    }

    private async Task<bool> FillAsync()
    {
        if (_start == _end) _start = _end = 0;
        if (_end == _buffer.Length && _start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await Current.ReadAsync(_buffer.AsMemory(_end), stop);
        _end += read;
        return read > 0;
    }
}
