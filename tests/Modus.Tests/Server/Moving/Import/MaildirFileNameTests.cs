using Modus.Server.Moving.Import;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Server.Moving.Import;

public sealed class MaildirFileNameTests
{
    [Theory]
    [InlineData("1700000000.M1P2.host,S=5,W=6:2,FSab", 1_700_000_000L, MessageFlags.Flagged | MessageFlags.Seen, "ab", false)]
    [InlineData("1700000000.V1U2.modus:2,DRPT", 1_700_000_000L, MessageFlags.Draft | MessageFlags.Answered | MessageFlags.Deleted, "", true)]
    [InlineData("1700000000.M1P2.host", 1_700_000_000L, MessageFlags.None, "", false)]
    [InlineData("1700000000.M1P2.host:2,S,x=y", 1_700_000_000L, MessageFlags.Seen, "", false)]
    [InlineData("mail-1:2,S", null, MessageFlags.Seen, "", false)]
    [InlineData("0.V1U2.modus:2,", null, MessageFlags.None, "", false)]
    [InlineData("99999999999999999999.x:2,", null, MessageFlags.None, "", false)]
    [InlineData("17:1,a:2,S", null, MessageFlags.Seen, "", false)]
    public void A_name_says_time_flags_and_keywords(string name, long? seconds, MessageFlags flags, string letters, bool isForwarded) =>
        Assert.Equal(new MaildirFileName(seconds, flags, letters, isForwarded), MaildirFileName.Read(name));
}
