using System.Text;
using CsCheck;
using Modus.Mail.Text;
using Modus.Storage;
using Modus.Storage.Embedded.Search;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded;

public sealed class TextIndexTests
{
    [Fact]
    public async Task Each_field_is_searched_by_itself_whatever_the_case()
    {
        await using var store = await TextIndexKit.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        var first = await store.AddMailAsync(account, "Subject: Grüße one\r\nFrom: Bert <bert@x.org>\r\nTo: anna@x.org\r\nCc: carl@x.org\r\nBcc: dora@x.org\r\nX-Tag: seven\r\n\r\nThe quick fox\r\n");
        var second = await store.AddMailAsync(account, "Subject: two\r\nFrom: anna@x.org\r\nTo: bert@x.org\r\n\r\nThe lazy dog\r\n");
        await store.Store.Indexer!.IndexedAsync(account);

        foreach (var (field, needle, matches) in ((TextField, string, EmailId[])[])
                 [
                     (TextField.Subject, "GRÜSSE", []), (TextField.Subject, "GRÜßE", [first]), (TextField.From, "bert", [first]),
                     (TextField.To, "BERT", [second]), (TextField.Cc, "carl@", [first]), (TextField.Bcc, "dora", [first]),
                     (TextField.Header, "x-tag: SEVEN", [first]), (TextField.Header, "fox", []), (TextField.Body, "QUICK FOX", [first]),
                     (TextField.Body, "the ", [first, second]), (TextField.Text, "seven", [first]), (TextField.Text, "lazy dog", [second]),
                     (TextField.Text, "seven\nthe", []), (TextField.Body, "quickfox", []), (TextField.Body, "fo", [first]),
                     (TextField.Body, "g", [second]), (TextField.Subject, "e\n", [first]), (TextField.Subject, "\n", [first, second]),
                 ])
        {
            var found = await store.TextIndex.FindAsync(account, field, needle, default);
            Assert.NotNull(found);
            Assert.Equal((matches.Contains(first), matches.Contains(second)), (found.IsMatch(first), found.IsMatch(second)));
            Assert.Equal((true, true, matches.Length), (found.IsCovered(first), found.IsCovered(second), found.Count));
        }

        Assert.Null(await store.TextIndex.FindAsync(account, TextField.Subject, "", default));
    }

    [Fact]
    public async Task The_index_finds_exactly_what_the_texts_hold()
    {
        await using var store = await TextIndexKit.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        var signs = Gen.OneOf(Gen.Char["abAB c\"'*:()^+-\r\n\t\u0001"], Gen.Char["éÉßẞσΣςı日本語中"], Gen.Char['\u0001', '\uD7FF']).Select(static c => c.ToString());
        var piece = Gen.OneOf(signs, signs, signs, Gen.Int[0x1F600, 0x1F64F].Select(char.ConvertFromUtf32));
        var texts = Gen.OneOf(piece.Array[0, 12], piece.Array[0, 200]).Select(static signs => string.Concat(signs)).Array[40].Single();
        var mails = new List<(EmailId Email, MessageText Text)>();
        foreach (var text in texts)
        {
            var mail = Encoding.UTF8.GetBytes(
                $"Subject: =?utf-8?b?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=\r\nContent-Transfer-Encoding: base64\r\n" +
                $"Content-Type: text/plain; charset=utf-8\r\n\r\n{Convert.ToBase64String(Encoding.UTF8.GetBytes(text + texts[0]))}");
            mails.Add((await store.AddMailAsync(account, mail), MessageText.Read(new MemoryStream(mail))));
        }

        await store.Store.Indexer!.IndexedAsync(account);
        var needles = Gen.OneOf(
            piece.Array[1, 3].Select(static signs => string.Concat(signs)),
            Gen.Select(Gen.Int[0, texts.Length - 1], Gen.Int[0, 200], Gen.Int[1, 120], (text, at, length) =>
            {
                var start = at % Math.Max(1, texts[text].Length);
                return texts[text].Substring(start, Math.Min(length, texts[text].Length - start));
            }));
        await Gen.Select(needles, Gen.Bool).SampleAsync(async (needle, inBody) =>
        {
            var folded = TextFold.Fold(needle);
            if (folded.Length == 0) return;
            var found = await store.TextIndex.FindAsync(account, inBody ? TextField.Body : TextField.Subject, needle, default);
            Assert.NotNull(found);
            foreach (var (email, text) in mails)
            {
                var expected = (inBody ? text.Body : text.Subject).Contains(folded, StringComparison.Ordinal);
                if (found.IsCovered(email)) Assert.Equal(expected, found.IsMatch(email));
                else Assert.True(folded.EnumerateRunes().Count() > TextQuery.MaxPhrase, "not covered without need");
            }
        }, iter: 400);
    }

    [Fact]
    public async Task Mail_that_is_not_indexed_yet_is_not_covered()
    {
        await using var store = await TextIndexKit.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        await store.AddMailAsync(account, "Subject: early\r\n\r\n");
        await store.Store.Indexer!.IndexedAsync(account);
        var early = await store.TextIndex.FindAsync(account, TextField.Subject, "early", default);
        var late = await store.AddMailAsync(account, "Subject: early too\r\n\r\n");
        Assert.Equal((1, false, false), (early!.Count, early.IsCovered(late), early.IsMatch(late)));
        await store.Store.Indexer!.IndexedAsync(account);
        Assert.True((await store.TextIndex.FindAsync(account, TextField.Subject, "early", default))!.IsMatch(late));
    }

    [Fact]
    public async Task What_was_cut_is_not_covered_but_what_is_found_in_the_rest_counts()
    {
        await using var store = await TextIndexKit.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        var email = await store.AddMailAsync(account, $"Subject: short\r\n\r\nfirst words {new string('x', MessageText.MaxBody)} last words\r\n");
        await store.Store.Indexer!.IndexedAsync(account);
        var first = await store.TextIndex.FindAsync(account, TextField.Body, "first words", default);
        var last = await store.TextIndex.FindAsync(account, TextField.Text, "last words", default);
        var subject = await store.TextIndex.FindAsync(account, TextField.Subject, "long", default);
        Assert.True(first!.IsMatch(email));
        Assert.Equal((false, false), (last!.IsMatch(email), last.IsCovered(email)));
        Assert.Equal((false, true), (subject!.IsMatch(email), subject.IsCovered(email)));
    }

    [Fact]
    public async Task Moved_and_copied_mail_is_indexed_once_and_stays_covered()
    {
        await using var store = await TextIndexKit.OpenAsync();
        var anna = (await store.AddAccountAsync("anna")).Id;
        var bert = (await store.AddAccountAsync("bert")).Id;
        var email = await store.AddMailAsync(anna, "Subject: travels\r\n\r\n");
        var inbox = (await store.MailboxAsync(anna)).Id;
        await store.Store.Indexer!.IndexedAsync(anna);
        await store.Store.Indexer.IndexedAsync(bert);
        await store.Mail.CopyAsync(inbox, [new Uid(1)], (await store.MailboxAsync(bert)).Id, wholly: false, default); // an old email, new to Bert
        await store.Mail.MoveAsync(inbox, [new Uid(1)], (await store.MailboxAsync(anna, "Archive")).Id, default);
        foreach (var account in (AccountId[])[anna, bert])
        {
            await store.Store.Indexer.IndexedAsync(account);
            var found = await store.TextIndex.FindAsync(account, TextField.Subject, "travels", default);
            Assert.Equal((1, true, true), (found!.Count, found.IsMatch(email), found.IsCovered(email)));
        }
    }

    [Fact]
    public async Task A_store_without_the_index_answers_nothing_and_makes_no_file()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        await store.AddMailAsync(account, "Subject: x\r\n\r\n");
        Assert.Null(await store.TextIndex.FindAsync(account, TextField.Subject, "xyz", default));
        Assert.Empty(Directory.GetFiles(Path.Combine(store.Options.Folder, "search")));
    }
}
