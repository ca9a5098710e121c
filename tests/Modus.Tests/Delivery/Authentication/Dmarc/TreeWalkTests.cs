using Modus.Delivery.Authentication.Dmarc;
using Modus.Mail.Addresses;
using Modus.Testing.Dns;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Dmarc;

public sealed class TreeWalkTests
{
    [Theory]
    [InlineData("a.mail.example.com", "example.com", "_dmarc.example.com")]
    [InlineData("a.mail.example.com", "example.com", "_dmarc.example.com", "_dmarc.mail.example.com")]
    [InlineData("a.mail.example.com", "mail.example.com", "_dmarc.mail.example.com")]
    [InlineData("a.mail.example.com", "a.mail.example.com")]
    [InlineData("example.com", "com", "_dmarc.com")]
    public async Task The_organization_is_where_the_highest_record_is(string start, string organization, params string[] records)
    {
        var zone = new FakeZone();
        foreach (var record in records) zone.Text(record, "v=DMARC1; p=none");

        Assert.Equal(organization, (await RunAsync(zone, start)).OrganizationalDomain);
    }

    [Fact]
    public async Task Below_a_public_suffix_the_organization_is_the_name_registered_there()
    {
        var zone = new FakeZone().Text("_dmarc.bank", "v=DMARC1; p=reject; psd=y").Text("_dmarc.mail.example.bank", "v=DMARC1; p=none");

        var walk = await RunAsync(zone, "a.mail.example.bank");

        Assert.Equal("example.bank", walk.OrganizationalDomain);
        Assert.NotNull(walk.FindSuffixRecord());
    }

    [Fact]
    public async Task A_suffix_that_sends_mail_itself_is_its_own_organization() =>
        Assert.Equal("bank", (await RunAsync(new FakeZone().Text("_dmarc.bank", "v=DMARC1; p=reject; psd=y"), "bank")).OrganizationalDomain);

    [Fact]
    public async Task A_domain_can_say_that_it_is_an_organization_and_ends_the_walk()
    {
        var zone = new FakeZone().Text("_dmarc.dep.example.com", "v=DMARC1; psd=n").Text("_dmarc.example.com", "v=DMARC1");

        var walk = await RunAsync(zone, "x.dep.example.com");

        Assert.Equal("dep.example.com", walk.OrganizationalDomain);
        Assert.Equal(["TXT _dmarc.x.dep.example.com", "TXT _dmarc.dep.example.com"], zone.Questions);
    }

    [Fact]
    public async Task Eight_questions_are_asked_of_a_long_name()
    {
        var zone = new FakeZone();

        await RunAsync(zone, "a.b.c.d.e.f.g.h.i.j.mail.example.com");

        Assert.Equal(
            [
                "TXT _dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com", "TXT _dmarc.g.h.i.j.mail.example.com", "TXT _dmarc.h.i.j.mail.example.com",
                "TXT _dmarc.i.j.mail.example.com", "TXT _dmarc.j.mail.example.com", "TXT _dmarc.mail.example.com", "TXT _dmarc.example.com", "TXT _dmarc.com",
            ],
            zone.Questions);
    }

    [Fact]
    public async Task Several_records_at_one_name_are_none()
    {
        var zone = new FakeZone().Text("_dmarc.example.com", "v=DMARC1; p=none", "v=DMARC1; p=reject").Text("_dmarc.com", "v=spf1 -all");

        var walk = await RunAsync(zone, "example.com");

        Assert.Null(walk.OwnRecord);
        Assert.True(walk.IsWhole);
    }

    [Fact]
    public async Task A_question_without_an_answer_is_remembered()
    {
        var zone = new FakeZone().Fail("_dmarc.mail.example.com").Text("_dmarc.example.com", "v=DMARC1; p=reject");

        var walk = await RunAsync(zone, "a.mail.example.com");

        Assert.False(walk.IsWhole);
        Assert.NotNull(walk.Find("example.com"));
    }

    private static ValueTask<TreeWalk> RunAsync(FakeZone zone, string domain) =>
        TreeWalk.RunAsync(zone, Domain.Parse(domain), TestContext.Current.CancellationToken);
}
