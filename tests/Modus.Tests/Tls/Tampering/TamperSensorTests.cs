using System.Net;
using Microsoft.Extensions.Time.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls.Tampering;

/// <summary>What is told as tampering, and what is not: accidents, scanners, and authorities that change.</summary>
public sealed class TamperSensorTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TlsMetrics _metrics = new();
    private readonly SensorLog _log = new();
    private readonly TamperSensor _sensor;

    public TamperSensorTests() => _sensor = new TamperSensor(_metrics, _clock, _log);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void A_masked_offer_is_told_at_once()
    {
        _sensor.OnMaskedOffer("mx.example:25", "XXXXXXXA");

        var found = Assert.Single(_sensor.Find());
        Assert.Equal((TamperKind.MaskedOffer, "mx.example:25", 1), (found.Kind, found.Place, found.Signs));
        Assert.Contains("offers XXXXXXXA", found.Text, StringComparison.Ordinal);
        Assert.Contains("TAMPERING", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void One_line_an_hour_is_written_for_a_place_and_each_place_has_its_own()
    {
        for (var minute = 0; minute < 120; minute++)
        {
            _sensor.OnMaskedOffer("mx.example:25", "XXXXXXXA");
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        _sensor.OnMaskedOffer("other.example:25", "XXXXXXXA");

        Assert.Equal(3, _log.Lines.Count);
    }

    [Fact]
    public void A_day_later_nothing_is_told_any_more()
    {
        _sensor.OnMaskedOffer("mx.example:25", "XXXXXXXA");
        _clock.Advance(TamperRules.Window + TimeSpan.FromMinutes(1));

        Assert.Empty(_sensor.Find());
    }

    [Fact]
    public void A_hop_that_has_TLS_again_is_told_of_no_more()
    {
        _sensor.OnMaskedOffer("mx.example:25", "XXXXXXXA");
        _sensor.OnVanishedOffer("mx.example:25", "not on offer");
        _sensor.OnCutHandshake("mx.example:25", isTrusted: true, "closed");
        Assert.Equal(3, _sensor.Find().Count);

        _sensor.OnHopEncrypted("mx.example:25", "CN=CA", null, null);

        Assert.Empty(_sensor.Find());
    }

    [Fact]
    public void A_scanner_that_comes_once_with_each_address_is_nobody()
    {
        for (var host = 1; host < 255; host++) _sensor.OnSilentClient(IPAddress.Parse($"192.0.2.{host}"), "smtp");

        Assert.Empty(_sensor.Find());
    }

    [Fact]
    public void A_scanner_that_comes_often_with_one_address_is_nobody()
    {
        for (var times = 0; times < 1000; times++) _sensor.OnSilentClient(IPAddress.Parse("192.0.2.1"), "smtp");

        Assert.Empty(_sensor.Find());
    }

    [Fact]
    public void Clients_of_one_network_that_all_fail_again_and_again_are_told()
    {
        foreach (var host in new[] { 1, 2, 3, 1, 2, 3 }) _sensor.OnSilentClient(IPAddress.Parse($"192.0.2.{host}"), "imap");

        var found = Assert.Single(_sensor.Find());
        Assert.Equal((TamperKind.SilentClient, "192.0.2.0/24"), (found.Kind, found.Place));
    }

    [Fact]
    public void One_of_them_who_gets_through_says_that_nobody_is_in_between()
    {
        foreach (var host in new[] { 1, 2, 3, 1, 2 }) _sensor.OnSilentClient(IPAddress.Parse($"192.0.2.{host}"), "imap");
        _sensor.OnClientEncrypted(IPAddress.Parse("192.0.2.9"));
        _sensor.OnSilentClient(IPAddress.Parse("192.0.2.3"), "imap");

        Assert.Empty(_sensor.Find());
    }

    [Fact]
    public void A_server_that_is_cut_off_and_comes_back_in_clear_is_told_the_third_time()
    {
        var server = IPAddress.Parse("2001:db8:1:2::3");
        for (var times = 0; times < TamperRules.Fallbacks; times++)
        {
            Assert.Empty(_sensor.Find());
            _sensor.OnSilentClient(server, "smtp");
            _sensor.OnClearMail(server);
        }

        var found = Assert.Single(_sensor.Find());
        Assert.Equal("2001:db8:1::/48", found.Place);
        Assert.Contains("come back in clear", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Mail_in_clear_of_others_says_nothing()
    {
        _sensor.OnSilentClient(IPAddress.Parse("192.0.2.1"), "smtp");
        for (var times = 0; times < 10; times++) _sensor.OnClearMail(IPAddress.Parse("192.0.2.2"));

        Assert.Empty(_sensor.Find());
    }

    [Fact]
    public void A_mangled_command_is_told_the_third_time()
    {
        for (var times = 0; times < TamperRules.MangledSessions; times++)
        {
            Assert.Empty(_sensor.Find());
            _sensor.OnMangledCommand(IPAddress.Parse("::ffff:192.0.2.1"));
        }

        Assert.Equal((TamperKind.MangledCommand, "192.0.2.0/24"), (_sensor.Find()[0].Kind, _sensor.Find()[0].Place));
    }

    [Fact]
    public void One_host_with_a_broken_handshake_is_old_and_three_owners_at_once_are_our_own_way()
    {
        _sensor.OnCutHandshake("mx1.one.example:25", isTrusted: false, "closed");
        _sensor.OnCutHandshake("mx2.one.example:25", isTrusted: false, "closed");
        _sensor.OnCutHandshake("mx.two.test:25", isTrusted: false, "closed");
        Assert.Empty(_sensor.Find());

        _sensor.OnCutHandshake("192.0.2.1:25", isTrusted: false, "closed");

        Assert.Equal(TamperSensor.OwnWay, Assert.Single(_sensor.Find()).Place);
    }

    [Fact]
    public void A_handshake_that_works_in_between_clears_our_own_way()
    {
        _sensor.OnCutHandshake("mx.one.example:25", isTrusted: false, "closed");
        _sensor.OnCutHandshake("mx.two.test:25", isTrusted: false, "closed");
        _sensor.OnHopEncrypted("mx.good.test:25", "CN=CA", null, null);
        _sensor.OnCutHandshake("mx.three.invalid:25", isTrusted: false, "closed");

        Assert.Empty(_sensor.Find());
    }

    [Fact]
    public void One_issuer_that_nobody_had_at_three_owners_is_told()
    {
        const string Box = "CN=Corporate Inspection, O=Example Corp";
        Show("mx.one.example:25", Box);
        Show("mx2.one.example:25", Box);
        Show("mx.two.test:25", Box);
        Assert.Empty(_sensor.Find());

        Show("mx.three.invalid:25", Box);

        var found = Assert.Single(_sensor.Find());
        Assert.Equal((TamperKind.ForeignIssuer, Box), (found.Kind, found.Place));

        void Show(string hop, string issuer)
        {
            _sensor.OnHopEncrypted(hop, issuer, "CN=R10, O=Let's Encrypt, C=US", _clock.GetUtcNow().AddDays(-60));
            _sensor.OnHopEncrypted(hop, issuer, issuer, _clock.GetUtcNow()); // the next session, which knows it already
        }
    }

    [Fact]
    public void An_authority_that_changes_its_own_key_is_no_stranger()
    {
        foreach (var hop in new[] { "mx.one.example:25", "mx.two.test:25", "mx.three.invalid:25" })
            _sensor.OnHopEncrypted(hop, "CN=R12, O=Let's Encrypt, C=US", "CN=R10, O=Let's Encrypt, C=US", _clock.GetUtcNow());

        Assert.Empty(_sensor.Find());
    }

    [Fact]
    public void An_authority_that_a_hop_had_for_days_is_no_stranger()
    {
        foreach (var hop in new[] { "mx.one.example:25", "mx.two.test:25", "mx.three.invalid:25" })
            _sensor.OnHopEncrypted(hop, "CN=Sectigo, O=Sectigo Limited", "CN=R10, O=Let's Encrypt, C=US", _clock.GetUtcNow());
        _sensor.OnHopEncrypted("mx.four.test:25", "CN=Sectigo, O=Sectigo Limited", "CN=Sectigo, O=Sectigo Limited", _clock.GetUtcNow().AddDays(-30));

        Assert.Empty(_sensor.Find());
    }

    [Fact]
    public void A_flood_from_many_networks_takes_no_memory()
    {
        for (var network = 0; network < TamperRules.MaxPlaces * 3; network++)
            _sensor.OnSilentClient(new IPAddress([10, (byte)(network >> 8), (byte)network, 1]), "smtp");

        Assert.True(_sensor.Places <= TamperRules.MaxPlaces, $"{_sensor.Places}");
    }

    [Fact]
    public void What_a_stranger_says_makes_no_line_of_the_log()
    {
        _sensor.OnMaskedOffer("mx.example:25", "XXXX\nwarn: all is lost");

        Assert.DoesNotContain('\n', Assert.Single(_log.Lines));
        Assert.Contains("XXXX?warn", _sensor.Find()[0].Text, StringComparison.Ordinal);
    }
}
