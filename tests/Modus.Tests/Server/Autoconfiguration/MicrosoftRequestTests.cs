using System.Text;
using Modus.Server.Autoconfiguration;
using Xunit;

namespace Modus.Tests.Server.Autoconfiguration;

public sealed class MicrosoftRequestTests
{
    private const string Outlook = """
        <?xml version="1.0" encoding="utf-8"?>
        <Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">
          <Request><EMailAddress>anna@example.com</EMailAddress>
          <AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request>
        </Autodiscover>
        """;

    [Fact]
    public void What_Outlook_sends_is_read() => Assert.Equal(new MicrosoftRequest("anna@example.com", MicrosoftSettings.Schema), Read(Outlook));

    [Fact]
    public void Its_beginning_alone_is_no_request_and_no_fault_of_ours()
    {
        for (var length = 0; length < Outlook.Length; length++) Assert.Null(Read(Outlook[..length]));
    }

    [Fact]
    public void The_first_address_counts() => Assert.Equal("a", Read("<r><EMailAddress>a</EMailAddress><EMailAddress>b</EMailAddress></r>")!.Address);

    [Fact]
    public void Neighbouring_elements_without_space_are_both_read() => Assert.Equal(
        new MicrosoftRequest("a", "b"), Read("<r><EMailAddress>a</EMailAddress><AcceptableResponseSchema>b</AcceptableResponseSchema></r>"));

    [Theory]
    [InlineData("")]
    [InlineData("EMailAddress=anna@example.com")]
    [InlineData("<r/>")]
    [InlineData("<r><EMailAddress>a<b/></EMailAddress></r>")]
    [InlineData("<!DOCTYPE r><r><EMailAddress>a</EMailAddress></r>")]
    [InlineData("<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r><EMailAddress>&x;</EMailAddress></r>")]
    [InlineData("<!DOCTYPE r [<!ENTITY x \"xxxxxxxxxx\">]><r><EMailAddress>&x;&x;</EMailAddress></r>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"no-such-thing\"?><r><EMailAddress>a</EMailAddress></r>")]
    public void Anything_else_is_none(string text) => Assert.Null(Read(text));

    [Fact]
    public void Octets_that_are_no_text_are_none() => Assert.Null(MicrosoftRequest.Read([0xFF, 0xFE, 0x00, 0xD8, 0xC3, 0x28]));

    [Fact]
    public void A_document_as_deep_as_its_bound_lets_it_be_is_read_to_its_end()
    {
        const int Depth = 1000;
        var text = string.Concat(Enumerable.Repeat("<r>", Depth)) + "<EMailAddress>a</EMailAddress>" + string.Concat(Enumerable.Repeat("</r>", Depth));
        Assert.Equal("a", Read(text)!.Address);
    }

    private static MicrosoftRequest? Read(string text) => MicrosoftRequest.Read(Encoding.UTF8.GetBytes(text));
}
