using CsCheck;
using Xunit;

namespace Modus.Tests.Delivery.Authentication;

/// <summary>Messages at the edges of what header fields and bodies may be, in LF; all of them from anna@example.org.</summary>
internal static class OddMessages
{
    private const string From = "From: anna@example.org\n";

    public static TheoryData<string> All =>
    [
        From + "Subject: no body at all\n\n",
        From + "Subject: ends with the header\n",
        From + "\nno end of line",
        From + "\n\n\n\n",
        From + "\nblank lines behind it\n\n\n\n",
        From + "\nspaces behind it  \n  \n \t \n",
        From + "\n  two spaces \t and a tab \n\n  before and behind  \n",
        From + "Subject: folded\n over\n\tthree  lines   \n\ntext\n",
        From + "Subject:no space\nX-Empty:\nX-Blank: \n\ntext\n",
        From + "To: a@example.net\nTo: b@example.net\nSubject: first\nSubject: second\nReceived: one\nReceived: two\n\nof each the last comes first\n",
        From + "Subject: f\u00fcr dich\n\n8 bit: \u00e4\u00f6\u00fc\u00df\n",
        From + "\n" + new string('x', 20_000) + "\n",
        From + "X-Long: " + new string('y', 4000) + "\n " + new string('z', 900) + "\n\ntext\n",
        From + "\n.\n..\n.\n",
        From + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\nprologue\n--b\n\npart\n--b--\nepilogue \n\n",
        From + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nno end of the last part",
    ];

    /// <summary>Bodies of line ends, spaces and words in any order.</summary>
    public static readonly Gen<string> Bodies = Gen
        .OneOf([.. new[] { "\n", "\n\n", " ", "\t", "a", "bc", "  ", "word word", " \n", ".", "--b" }.Select(Gen.Const)])
        .List[0, 30].Select(string.Concat);
}
