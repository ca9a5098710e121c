using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Modus.Protocols.Sasl;
using Xunit;

namespace Modus.Tests.Sasl;

public sealed class SaslAuthenticatorTests : IDisposable
{
    private readonly SaslRoom _room = new(options => options.WaitingHashes = 1);

    public void Dispose() => _room.Dispose();

    [Fact]
    public void The_strongest_mechanism_comes_first() =>
        Assert.Equal(["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"], _room.Authenticator.Mechanisms(_room.Tls));

    [Fact]
    public async Task In_clear_there_is_nothing()
    {
        _room.Tls.IsEncrypted = false;
        Assert.Empty(_room.Authenticator.Mechanisms(_room.Tls));
        Assert.Null(_room.Authenticator.Begin("PLAIN", _room.Tls, null));
        Assert.Equal(SaslStatus.BadCredentials, await _room.LogIn("user@example.com", "pencil"));
    }

    [Fact]
    public void A_mechanism_that_is_not_there_has_no_exchange() =>
        Assert.Null(_room.Authenticator.Begin("CRAM-MD5", _room.Tls, null));

    [Fact]
    public async Task Ten_failures_from_one_address_shut_it_out_until_the_window_is_over()
    {
        for (var i = 0; i < 10; i++)
            Assert.Equal(SaslStatus.BadCredentials, await _room.LogIn($"user{i}@example.com", "guess"));
        Assert.Equal(SaslStatus.TemporaryFault, await _room.LogIn("user@example.com", "pencil"));
        Assert.Equal(SaslStatus.Succeeded, await _room.LogIn("user@example.com", "pencil", IPAddress.Parse("192.0.2.8")));
        _room.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(SaslStatus.Succeeded, await _room.LogIn("user@example.com", "pencil"));
    }

    [Fact]
    public async Task A_phone_that_keeps_an_old_password_counts_once()
    {
        for (var i = 0; i < 30; i++) Assert.Equal(SaslStatus.BadCredentials, await _room.LogIn("user@example.com", "old"));
        Assert.Equal(SaslStatus.Succeeded, await _room.LogIn("user@example.com", "pencil"));
    }

    [Fact]
    public async Task A_changed_password_is_not_remembered()
    {
        Assert.Equal(SaslStatus.Succeeded, await _room.LogIn("user@example.com", "pencil"));
        _room.Add("user@example.com", "crayon");
        Assert.Equal(SaslStatus.BadCredentials, await _room.LogIn("user@example.com", "pencil"));
        Assert.Equal(SaslStatus.Succeeded, await _room.LogIn("user@example.com", "crayon"));
    }

    [Fact]
    public async Task A_remembered_password_of_an_account_switched_off_lets_nobody_in()
    {
        Assert.Equal(SaslStatus.Succeeded, await _room.LogIn("user@example.com", "pencil"));
        _room.Add("user@example.com", "pencil", enabled: false);
        Assert.Equal(SaslStatus.BadCredentials, await _room.LogIn("user@example.com", "pencil"));
    }

    [Fact]
    public async Task A_directory_out_of_order_is_a_temporary_fault_and_no_failure()
    {
        _room.IsOutOfOrder = true;
        for (var i = 0; i < 12; i++) Assert.Equal(SaslStatus.TemporaryFault, await _room.LogIn("user@example.com", $"guess{i}"));
        _room.IsOutOfOrder = false;
        Assert.Equal(SaslStatus.Succeeded, await _room.LogIn("user@example.com", "pencil"));
    }

    [Fact]
    public async Task A_flood_of_logins_is_turned_away_beyond_the_bound()
    {
        // Decoys hash 65,536 rounds: all of the flood is inside before the first is done.
        var flood = Enumerable.Range(0, 20).Select(i => _room.LogIn($"nobody{i}@example.com", "x", new IPAddress(i + 1))).ToList();
        var outcomes = await Task.WhenAll(flood);
        Assert.Contains(SaslStatus.TemporaryFault, outcomes);
        Assert.Contains(SaslStatus.BadCredentials, outcomes);
        Assert.Equal(SaslStatus.Succeeded, await _room.LogIn("user@example.com", "pencil"));
    }

    [Fact]
    public async Task The_log_names_accounts_but_never_a_password_or_an_unknown_name()
    {
        await _room.LogIn("user@example.com", "s3cret-wrong");
        await _room.LogIn("s3cret-typed-as-name", "s3cret-wrong");
        await _room.LogIn("user@example.com", "pencil");
        Assert.Equal(["7001", "7003", "7000"], _room.Log.Select(line => line[..4]));
        Assert.DoesNotContain(_room.Log, line => line.Contains("s3cret") || line.Contains("pencil"));
    }

    [Fact]
    public void Two_lines_register_the_room()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddModusSasl().AddSingleton<IIdentitySource>(_room);
        using var provider = services.BuildServiceProvider();
        Assert.NotNull(provider.GetRequiredService<SaslAuthenticator>());
    }

    [Fact]
    public void All_faults_of_the_options_are_told_at_once()
    {
        var services = new ServiceCollection();
        services.AddModusSasl(options => (options.FailuresPerAddress, options.AccountWindow) = (0, TimeSpan.Zero));
        using var provider = services.BuildServiceProvider();
        var fault = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<SaslOptions>>().Value);
        Assert.Equal(2, fault.Failures.Count());
    }
}
