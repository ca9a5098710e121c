using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using Modus.Server.Composition;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Imap;

/// <summary>How a client that is not ours comes in, and what it is offered.</summary>
public sealed class MailKitSessionTests(ImapServer imap) : IClassFixture<ImapServer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TlsMode.OnDemand, "SCRAM-SHA-256-PLUS")]
    [InlineData(TlsMode.OnDemand, "PLAIN")]
    [InlineData(TlsMode.OnDemand, null)]
    [InlineData(TlsMode.Implicit, "SCRAM-SHA-256-PLUS")]
    [InlineData(TlsMode.Implicit, "SCRAM-SHA-256")]
    [InlineData(TlsMode.Implicit, null)]
    public async Task A_client_logs_in_by_every_mechanism_and_by_LOGIN(TlsMode mode, string? mechanism)
    {
        var log = new Conversation();
        using var client = await imap.ConnectAsync(mode, log);
        client.AuthenticationMechanisms.RemoveWhere(offered => offered != mechanism); // LOGIN when none is left
        Assert.Equal(mechanism is null ? 0 : 1, client.AuthenticationMechanisms.Count);
        await client.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);

        Assert.True(client.IsAuthenticated);
        Assert.Contains(mechanism is null ? " LOGIN " : $" AUTHENTICATE {mechanism}", $"{log}", StringComparison.Ordinal);
        await client.NoOpAsync(Cancellation);
        await client.DisconnectAsync(true, Cancellation);
        Assert.Contains("* BYE ", $"{log}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_as_one()
    {
        using var client = await imap.ConnectAsync(TlsMode.Implicit);
        var refused = await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(ModusServer.Anna, "wrong", Cancellation));
        Assert.DoesNotContain("wrong\r", refused.Message, StringComparison.Ordinal);
        await client.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation); // the session goes on
    }

    [Fact]
    public async Task In_clear_nobody_gets_in()
    {
        using var client = new ImapClient();
        await client.ConnectAsync("127.0.0.1", imap.Server.Port("imap", TlsMode.OnDemand), SecureSocketOptions.None, Cancellation);

        Assert.True(client.Capabilities.HasFlag(ImapCapabilities.StartTLS | ImapCapabilities.LoginDisabled));
        Assert.Empty(client.AuthenticationMechanisms);
        await Assert.ThrowsAnyAsync<Exception>(() => client.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation));
    }

    [Fact]
    public async Task Everything_that_MailKit_knows_and_the_server_has_is_offered()
    {
        using var client = await imap.LogInAsync(ModusServer.Anna);
        const ImapCapabilities Expected =
            ImapCapabilities.IMAP4rev1 | ImapCapabilities.IMAP4rev2 | ImapCapabilities.SaslIR | ImapCapabilities.Id | ImapCapabilities.Enable
            | ImapCapabilities.LiteralPlus | ImapCapabilities.Idle | ImapCapabilities.Namespace | ImapCapabilities.Children
            | ImapCapabilities.ListExtended | ImapCapabilities.ListStatus | ImapCapabilities.SpecialUse | ImapCapabilities.CreateSpecialUse
            | ImapCapabilities.Unselect | ImapCapabilities.UidPlus | ImapCapabilities.Move | ImapCapabilities.MultiAppend
            | ImapCapabilities.StatusSize | ImapCapabilities.Catenate | ImapCapabilities.Binary | ImapCapabilities.CondStore
            | ImapCapabilities.QuickResync | ImapCapabilities.UTF8Accept | ImapCapabilities.Quota | ImapCapabilities.Metadata
            | ImapCapabilities.ObjectID | ImapCapabilities.SaveDate | ImapCapabilities.Preview | ImapCapabilities.Replace
            | ImapCapabilities.Partial | ImapCapabilities.Compress | ImapCapabilities.Unauthenticate | ImapCapabilities.ESearch
            | ImapCapabilities.SearchResults | ImapCapabilities.Within | ImapCapabilities.Sort | ImapCapabilities.SortDisplay
            | ImapCapabilities.ESort | ImapCapabilities.Thread | ImapCapabilities.AppendLimit;

        Assert.Equal(ImapCapabilities.None, Expected & ~client.Capabilities);
        Assert.Equal(50u << 20, client.AppendLimit);
        Assert.Contains(ThreadingAlgorithm.References, client.ThreadingAlgorithms);
        Assert.Contains(ThreadingAlgorithm.OrderedSubject, client.ThreadingAlgorithms);
    }

    [Fact]
    public async Task Client_and_server_say_who_they_are()
    {
        using var client = await imap.LogInAsync(ModusServer.Anna);
        var server = await client.IdentifyAsync(new ImapImplementation { Name = "a \"quoted\" client", Version = "1" }, Cancellation);

        Assert.Equal("Modus", server.Name);
        Assert.Equal(ModusHost.Version, server.Version);
    }

    [Fact]
    public async Task There_is_one_personal_namespace()
    {
        using var client = await imap.LogInAsync(ModusServer.Anna);
        var space = Assert.Single(client.PersonalNamespaces);

        Assert.Equal(('/', ""), (space.DirectorySeparator, space.Path));
        Assert.Empty(client.SharedNamespaces);
        Assert.Empty(client.OtherNamespaces);
    }

    [Fact]
    public async Task A_compressed_session_carries_everything()
    {
        var address = await imap.NewAccountAsync();
        byte[][] messages = [Mails.Plain(), Mails.Dots(), Mails.EightBit()];
        await imap.DeliverAsync(address, messages);
        var log = new Conversation();
        using var client = await imap.LogInAsync(address, log);
        await client.CompressAsync(Cancellation);
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);

        for (var i = 0; i < messages.Length; i++)
        {
            await using var stream = await client.Inbox.GetStreamAsync(i, "", Cancellation);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, Cancellation);
            Assert.Equal(Mails.Hash(messages[i]), Mails.Hash(copy.ToArray()));
        }

        await client.DisconnectAsync(true, Cancellation);
        Assert.Contains(" COMPRESS DEFLATE", $"{log}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_capability_that_is_switched_off_for_an_account_is_not_offered_to_it_alone()
    {
        var address = await imap.NewAccountAsync();
        var (code, said) = await OutsideProgram.RunAsync(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "modus.dll"), "account", "capabilities", address, "--off", "CONDSTORE", "--off", "QRESYNC", "--config", imap.Server.ConfigurationFile]);
        Assert.True(code == 0, said);

        using var client = await imap.LogInAsync(address);
        Assert.False(client.Capabilities.HasFlag(ImapCapabilities.CondStore));
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        await Assert.ThrowsAnyAsync<Exception>(() => client.EnableQuickResyncAsync(Cancellation));

        using var other = await imap.LogInAsync(ModusServer.Anna);
        Assert.True(other.Capabilities.HasFlag(ImapCapabilities.CondStore));
    }

    [Fact]
    public async Task A_stop_says_BYE_to_those_who_are_in_IDLE_and_to_those_who_are_not_in_yet()
    {
        await using var server = await ModusServer.StartAsync();
        var log = new Conversation();
        using var idle = new ImapClient(log) { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await idle.ConnectAsync("127.0.0.1", server.Port("imap", TlsMode.Implicit), SecureSocketOptions.SslOnConnect, Cancellation);
        await idle.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        await idle.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        using var fresh = new System.Net.Sockets.TcpClient();
        await fresh.ConnectAsync("127.0.0.1", server.Port("imap", TlsMode.OnDemand), Cancellation);
        using var reader = new StreamReader(fresh.GetStream());
        Assert.StartsWith("* OK ", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        using var done = new CancellationTokenSource();
        var idling = idle.IdleAsync(done.Token, Cancellation);

        await server.StopAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => idling);
        Assert.Contains("* BYE [UNAVAILABLE]", $"{log}", StringComparison.Ordinal);
        Assert.StartsWith("* BYE [UNAVAILABLE]", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        Assert.Null(await reader.ReadLineAsync(Cancellation));
    }
}
