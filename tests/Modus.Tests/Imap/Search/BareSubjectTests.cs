using Modus.Protocols.Imap.Search;
using Xunit;

namespace Modus.Tests.Imap.Search;

/// <summary>RFC 5256 §2.1, rule by rule.</summary>
public sealed class BareSubjectTests
{
    [Theory]
    [InlineData(null, "", false)]
    [InlineData("", "", false)]
    [InlineData("hello", "hello", false)]
    [InlineData("  hello \t  world  ", "hello world", false)]
    [InlineData("=?utf-8?q?Re:_caf=C3=A9?=", "caf\u00e9", true)]
    [InlineData("hello (fwd)", "hello", true)]
    [InlineData("hello (FWD)  (fwd) ", "hello", true)]
    [InlineData("hello (fwd) x", "hello (fwd) x", false)]
    [InlineData("Re: hello", "hello", true)]
    [InlineData("RE : hello", "hello", true)]
    [InlineData("Fw: hello", "hello", true)]
    [InlineData("FWD: hello", "hello", true)]
    [InlineData("re:fwd:Re:hello", "hello", true)]
    [InlineData("Re[2]: hello", "hello", true)]
    [InlineData("Re [list] : hello", "hello", true)]
    [InlineData("[list] Re: hello", "hello", true)]
    [InlineData("[list] [more] Re: hello", "hello", true)]
    [InlineData("Re: [list] hello", "hello", true)]
    [InlineData("[list] hello", "hello", false)]
    [InlineData("[list] [more] hello", "hello", false)]
    [InlineData("[list]", "[list]", false)]
    [InlineData("[one] [two]", "[two]", false)]
    [InlineData("Re: [list]", "[list]", true)]
    [InlineData("[unclosed hello", "[unclosed hello", false)]
    [InlineData("[a[b] hello", "[a[b] hello", false)]
    [InlineData("[Fwd: hello]", "hello", true)]
    [InlineData("[fwd: [FWD: Re: hello (fwd)]]", "hello", true)]
    [InlineData("[Fwd: hello] x", "x", false)]
    [InlineData("[Fwd: hello", "[Fwd: hello", false)]
    [InlineData("[fwd: [list] hello]", "hello", true)]
    [InlineData("Re:", "", true)]
    [InlineData("(fwd)", "", true)]
    [InlineData("[fwd:]", "", true)]
    [InlineData("Reading: hello", "Reading: hello", false)]
    [InlineData("AW: hallo", "AW: hallo", false)]
    [InlineData("re hello", "re hello", false)]
    public void The_base_subject_is_what_replies_share(string? subject, string text, bool isReply) =>
        Assert.Equal(new BareSubject(text, isReply), BareSubject.Of(subject));

    // An extraction that looks at each part again for each part would not come to an end here.
    [Theory]
    [InlineData("[a]", "[a]")]
    [InlineData("[fwd:", "")]
    [InlineData("re:", "")]
    [InlineData("(fwd)", "")]
    [InlineData("[a]re:", "")]
    public void Endless_subjects_end(string link, string text) =>
        Assert.Equal(text, BareSubject.Of(string.Concat(Enumerable.Repeat(link, 300_000)) + (link == "[fwd:" ? new string(']', 300_000) : "")).Text);
}
