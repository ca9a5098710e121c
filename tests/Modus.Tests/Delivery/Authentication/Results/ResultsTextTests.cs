using System.Text;
using CsCheck;
using MimeKit.Cryptography;
using Modus.Delivery.Authentication;
using Modus.Delivery.Authentication.Results;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Results;

/// <summary>What we write, MimeKit reads.</summary>
public sealed class ResultsTextTests
{
    [Fact]
    public void Nothing_is_said_as_none()
    {
        Assert.Equal("mx.example.org; none", new ResultsText("mx.example.org").ToString());
        Assert.Equal("mx.example.org", Read("mx.example.org; none").AuthenticationServiceIdentifier);
    }

    [Fact]
    public void Results_stand_on_lines_of_their_own()
    {
        var text = new ResultsText("mx.example.org");
        text.Add("spf", AuthenticationOutcome.Pass, null, ("smtp.mailfrom", "anna@example.net"), ("x.y", null));
        text.Add("dkim", AuthenticationOutcome.Fail, "the body was changed", ("header.d", "example.net"), ("header.b", "ab/c=+12"));

        Assert.Equal(
            "mx.example.org;\r\n\tspf=pass smtp.mailfrom=anna@example.net;\r\n"
            + "\tdkim=fail reason=\"the body was changed\" header.d=example.net\r\n\theader.b=\"ab/c=+12\"",
            text.ToString());
    }

    [Fact]
    public void Whatever_a_stranger_writes_stays_a_value() =>
        Gen.Char["ab \"\\;=()@\r\n\t/.,\u00e9"].Array[1, 30].Select(signs => new string(signs)).Sample(value =>
        {
            var text = new ResultsText("mx.example.org");
            text.Add("spf", AuthenticationOutcome.Fail, value, ("smtp.mailfrom", value));
            text.Add("dkim", AuthenticationOutcome.None, null);

            var read = Read(text.ToString());
            Assert.Equal(["spf", "dkim"], read.Results.Select(result => result.Method));
            Assert.Equal(["fail", "none"], read.Results.Select(result => result.Result));
            Assert.Equal("mx.example.org", read.AuthenticationServiceIdentifier);
            Assert.Empty(read.Results[1].Properties);
        });

    private static AuthenticationResults Read(string text)
    {
        Assert.True(AuthenticationResults.TryParse(Encoding.UTF8.GetBytes(text), out var read), text);
        return read;
    }
}
