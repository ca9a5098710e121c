using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Tls;

public sealed partial class SessionTests : OneCertificate
{
    [Fact]
    public async Task The_exporter_equals_openssls()
    {
        await using var server = await StartAsync(TlsMode.Implicit);

        var said = await OpenSsl.ConnectAsync(
            server.At("127.0.0.1"), "-tls1_3 -keymatexport EXPORTER-Channel-Binding -keymatexportlen 32", "BINDING\r\nQUIT\r\n");

        var theirs = KeyingMaterial().Match(said);
        Assert.True(theirs.Success, said);
        Assert.Contains($"\n{theirs.Groups[1].Value}", said, StringComparison.Ordinal); // the answer to BINDING
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_certificate_is_taken_and_none_is_fine(bool withCertificate)
    {
        await using var server = await StartAsync(
            TlsMode.OnDemand, configure: static o => o.ClientCertificates = ClientCertificates.Optional);
        using var alice = Ca.Issue(new CertificateWish { ForClients = true }, "alice");
        var (file, key) = TestCertificates.WritePem(Folder, "alice", alice);

        var said = await OpenSsl.ConnectAsync(
            server.At("127.0.0.1"), "-starttls smtp" + (withCertificate ? $" -cert {file} -key {key}" : ""));

        Assert.Contains("221 bye", said, StringComparison.Ordinal);
        Assert.Equal(withCertificate ? "CN=alice" : null, Assert.Single(server.Sessions).ClientCertificate?.Subject);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_new_certificate_file_is_served_by_itself_while_an_old_connection_goes_on()
    {
        await using var server = await StartAsync(TlsMode.Implicit, configure: static o => o.ReloadInterval = TimeSpan.FromMilliseconds(100));
        using var old = OpenSsl.Start($"s_client -connect {server.At("127.0.0.1")} -quiet -ign_eof");
        Assert.Equal("220 hello", await old.StandardOutput.ReadLineAsync());

        using var renewed = Ca.Issue("a.example.org");
        TestCertificates.WritePem(Folder, "a", renewed, Ca.Authority);
        var serial = $"serial={renewed.SerialNumber}";
        string said;
        do
        {
            said = await ServedSerialAsync(server.At("127.0.0.1"));
        }
        while (!said.Contains(serial, StringComparison.Ordinal)); // each look is a whole process; the test's timeout is the bound

        await old.StandardInput.WriteAsync("still here\r\nQUIT\r\n");
        Assert.Equal("still here", await old.StandardOutput.ReadLineAsync());
        await old.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_responders_answer_is_stapled()
    {
        var port = FreePort();
        using var certificate = Ca.Issue(new CertificateWish { OcspUrl = $"http://127.0.0.1:{port}" }, "a.example.org");
        using var responder = await StartResponderAsync(port, certificate.SerialNumber);
        try
        {
            await using var server = await StartAsync(TlsMode.Implicit, certificate);
            string said;
            var watch = Stopwatch.StartNew();
            do
            {
                said = await OpenSsl.ConnectAsync(server.At("127.0.0.1"), "-status");
            }
            while (!said.Contains("OCSP Response Status: successful", StringComparison.Ordinal) && watch.Elapsed < TimeSpan.FromSeconds(30));

            Assert.Contains("OCSP Response Status: successful", said, StringComparison.Ordinal);
            Assert.Contains("Cert Status: good", said, StringComparison.Ordinal);
        }
        finally
        {
            responder.Kill();
            await responder.WaitForExitAsync();
        }
    }

    private static async Task<string> ServedSerialAsync(IPEndPoint server)
    {
        var said = await OpenSsl.ConnectAsync(server, "-servername a.example.org");
        return await OpenSsl.RunAsync("x509 -noout -serial", said);
    }

    /// <summary>openssl ocsp as the responder; it asks an index file in which this serial number is good.</summary>
    private async Task<Process> StartResponderAsync(int port, string serial)
    {
        var (ca, key) = TestCertificates.WritePem(Folder, "ca", Ca.Authority);
        var index = Path.Combine(Folder, "index.txt");
        await File.WriteAllTextAsync(index, $"V\t400101000000Z\t\t{serial}\tunknown\t/CN=a.example.org\n");
        var responder = OpenSsl.Start($"ocsp -port {port} -index {index} -CA {ca} -rsigner {ca} -rkey {key} -nmin 60");
        while (await responder.StandardOutput.ReadLineAsync() is { } line && !line.Contains("ACCEPT", StringComparison.Ordinal))
        {
            // It says so when it listens.
        }

        return responder;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [GeneratedRegex("Keying material: ([0-9A-F]{64})")]
    private static partial Regex KeyingMaterial();
}
