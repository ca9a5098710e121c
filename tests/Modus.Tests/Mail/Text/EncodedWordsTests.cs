using Modus.Mail.Text;
using Xunit;

namespace Modus.Tests.Mail.Text;

public class EncodedWordsTests
{
    [Theory]
    [InlineData("plain = ? text", "plain = ? text")]
    [InlineData("=?ISO-8859-1?Q?a?=", "a")] // RFC 2047 §8
    [InlineData("=?ISO-8859-1?Q?a?= b", "a b")]
    [InlineData("=?ISO-8859-1?Q?a?=  =?ISO-8859-1?q?b?=", "ab")]
    [InlineData("=?ISO-8859-1?Q?a_b?=", "a b")]
    [InlineData("=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>")]
    [InlineData("=?koi8-r?B?8NLJ18XU?= <a@b>", "Привет <a@b>")]
    [InlineData("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本")]
    [InlineData("=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße")]
    [InlineData("=?utf-8?Q?Gr=C3?= =?UTF-8?Q?=BC=C3=9Fe?=", "Grüße")] // broken in the middle of a character
    [InlineData("\"=?utf-8?q?quoted?=\" <x@y>", "\"quoted\" <x@y>")]
    [InlineData("=?x-nobody-knows?q?caf=E9?=", "café")]
    [InlineData("=?utf-8?B?!!!!?=", "")]
    [InlineData("=?utf-8?x?a?= =?utf-8?q?open", "=?utf-8?x?a?= =?utf-8?q?open")]
    [InlineData("=?=?utf-8?q?a?=", "=?a")]
    public void Encoded_words_are_undone_and_the_rest_stays(string value, string text) => Assert.Equal(text, EncodedWords.Decode(value));

    [Theory]
    [InlineData("=?")]
    [InlineData("=?a?q?")]
    [InlineData("=?a?q?b?= ")]
    [InlineData("=?a?q?b")]
    public void Half_a_megabyte_of_them_is_read_in_one_pass(string sign)
    {
        // A quadratic reader needs minutes for this.
        Assert.NotNull(EncodedWords.Decode(string.Concat(Enumerable.Repeat(sign, 500_000 / sign.Length))));
    }
}
