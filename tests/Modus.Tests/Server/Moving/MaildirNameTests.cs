using Modus.Server.Moving;
using Xunit;

namespace Modus.Tests.Server.Moving;

public sealed class MaildirNameTests
{
    [Theory]
    [InlineData("INBOX", "")]
    [InlineData("Sent", ".Sent")]
    [InlineData("A/B/C", ".A.B.C")]
    [InlineData("INBOX/Sub", ".INBOX.Sub")]
    [InlineData("Entwürfe", ".Entw&APw-rfe")]
    [InlineData("Tom & Jerry", ".Tom &- Jerry")]
    [InlineData("v1.2", ".v1\\2e2")]
    [InlineData("../../etc", ".\\2e\\2e.\\2e\\2e.etc")]
    [InlineData("a\\2eb", ".a\\5c2eb")]
    public void A_mailbox_has_a_folder_of_its_own(string mailbox, string folder) => Assert.Equal(folder, MaildirName.Of(mailbox));

    [Fact]
    public void A_name_that_no_file_system_takes_has_none() => Assert.Null(MaildirName.Of(new string('x', 255)));
}
