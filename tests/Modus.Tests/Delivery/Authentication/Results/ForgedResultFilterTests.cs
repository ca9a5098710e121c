using System.Buffers;
using System.Text;
using CsCheck;
using Modus.Delivery.Authentication.Results;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Results;

public sealed class ForgedResultFilterTests
{
    private const string Us = "mx.example.org";

    [Theory]
    [InlineData("Authentication-Results: mx.example.org; spf=pass\r\n")]
    [InlineData("authentication-results:MX.Example.Org\r\n")]
    [InlineData("Authentication-Results : mx.example.org 1; none\r\n")]
    [InlineData("Authentication-Results:\r\n\t(a \\( comment (in) it)\r\n mx.example.org;\r\n\tdkim=pass\r\n")]
    [InlineData("Authentication-Results: \"mx.exam\\ple.org\"; dkim=pass\r\n")]
    [InlineData("Authentication-Results: mx.example.org(x); dkim=pass\r\n")]
    public void A_result_in_our_name_is_left_out(string field)
    {
        const string Before = "Received: here\r\nSubject: x\r\n";
        const string Behind = "X-More: y\r\n z\r\n\r\nAuthentication-Results: mx.example.org; in the body\r\n";

        Assert.Equal((Before + Behind, 1), Filter(Before + field + Behind));
        Assert.Equal((Behind, 1), Filter(field + Behind));
        Assert.Equal((Before, 1), Filter(Before + field));
        Assert.Equal(("\r\n", 2), Filter(field + field + "\r\n"));
    }

    [Theory]
    [InlineData("Authentication-Results: mx.example.net; spf=pass\r\n")]
    [InlineData("Authentication-Results: mx.example.org.evil.test; spf=pass\r\n")]
    [InlineData("Authentication-Results: (mx.example.org) mx.example.net\r\n")]
    [InlineData("Authentication-Results:\r\n")]
    [InlineData("Authentication-Results\r\n")]
    [InlineData("Authentication-Results")]
    [InlineData("Authentication-Resultsx: mx.example.org\r\n")]
    [InlineData("X-Authentication-Results: mx.example.org\r\n")]
    [InlineData("ARC-Authentication-Results: i=1; mx.example.org\r\n")]
    [InlineData("Subject: x\r\n Authentication-Results: mx.example.org\r\n")]
    [InlineData("no field\r\n")]
    [InlineData("\rodd\r\n")]
    public void Everything_else_passes(string field)
    {
        Assert.Equal((field, 0), Filter(field));
        Assert.Equal((field + "To: y\r\n\r\nbody", 0), Filter(field + "To: y\r\n\r\nbody"));
    }

    [Fact]
    public void A_name_behind_a_great_deal_of_comment_is_not_passed_on()
    {
        var hidden = $"Authentication-Results: ({new string('x', 9000)}) mx.example.org; spf=pass\r\n";
        var others = $"Authentication-Results: mx.example.net; spf=pass ({new string('x', 9000)})\r\n";

        Assert.Equal(("To: x\r\n\r\n", 1), Filter(hidden + "To: x\r\n\r\n"));
        Assert.Equal((others + "To: x\r\n\r\n", 0), Filter(others + "To: x\r\n\r\n"));
    }

    [Fact]
    public void Pieces_of_any_size_make_no_difference()
    {
        var pieces = Gen.OneOf([.. new[]
        {
            "Authentication-Results: ", "mx.example.org", "; spf=pass", "\r\n", "\r\n ", "To: a", "\r\n\r\n", "(", ")", "\n", "\r", "authentication-results", ":", "x",
        }.Select(Gen.Const)]).List[0, 20].Select(string.Concat);

        Gen.Select(pieces, Gen.Int[1, 7]).Sample((text, size) => Assert.Equal(Filter(text, text.Length + 1), Filter(text, size)));
    }

    private static (string Text, int Dropped) Filter(string text)
    {
        var whole = Filter(text, text.Length + 1);
        Assert.Equal(whole, Filter(text, 1));
        return whole;
    }

    private static (string Text, int Dropped) Filter(string text, int size)
    {
        var target = new ArrayBufferWriter<byte>();
        var filter = new ForgedResultFilter(target, Us);
        foreach (var piece in Encoding.Latin1.GetBytes(text).Chunk(size)) filter.Write(piece);
        filter.Finish();
        return (Encoding.Latin1.GetString(target.WrittenSpan), filter.Dropped);
    }
}
