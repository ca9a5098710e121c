using CsCheck;
using Modus.Protocols.Imap.Search;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Imap.Search;

/// <summary>RFC 5256 §3, REFERENCES, step by step.</summary>
public sealed class ReferenceThreadTests
{
    private readonly ReferenceThreads _threads = new();
    private uint _uid;

    [Fact]
    public void Answers_stand_below_what_they_answer()
    {
        Add("a", "a");
        Add("b", "b", "a");
        Add("c", "c", "a", "b");
        Add("d", "d", "a");
        Add("e", "e");
        AssertThreads("(1 (2 3)(4))(5)");
    }

    [Fact]
    public void Messages_may_come_in_any_order()
    {
        Add("c", "c", "a", "b");
        Add("b", "b", "a");
        Add("a", "a");
        AssertThreads("(3 2 1)");
    }

    [Fact]
    public void Missing_messages_hold_their_answers_together()
    {
        Add("b", "x", "lost");
        Add("c", "y", "lost");
        AssertThreads("((1)(2))");
    }

    [Fact]
    public void A_missing_message_with_one_answer_leaves_no_trace()
    {
        Add("b", "x", "lost");
        Add("c", "y", "b", "also lost");
        Add("d", "z", "b", "also lost", "lost as well");
        AssertThreads("(1 (2)(3))");
    }

    [Fact]
    public void Loops_are_not_made()
    {
        Add("a", "a", "b");
        Add("b", "b", "a");
        Add("c", "c", "c");
        Add("d", "d", "d", "d", "a", "d");
        AssertThreads("(2 1)(3)(4)"); // the last reference of d is d: with it goes the parent that the list gave before
    }

    [Fact]
    public void A_later_and_better_parent_replaces_a_guess()
    {
        Add("c", "c", "a", "b"); // guesses that b answers a
        Add("a", "a");
        Add("x", "x");
        Add("b", "b", "x");
        AssertThreads("(2)(3 4 1)");
    }

    [Fact]
    public void A_message_without_references_has_no_parent()
    {
        Add("c", "c", "a", "b");
        Add("a", "a");
        Add("b", "b");
        AssertThreads("(2)(3 1)");
    }

    [Fact]
    public void The_second_message_of_an_ID_is_another()
    {
        Add("a", "a");
        Add("a", "b", "a");
        Add("c", "c", "a");
        AssertThreads("(1 (2)(3))");
    }

    [Fact]
    public void Threads_of_one_subject_become_one()
    {
        Add("a", "plan");
        Add("b", "Re: plan");
        Add("c", "re: PLAN");
        AssertThreads("(1 (2)(3))");
    }

    [Fact]
    public void An_original_that_came_later_still_goes_on_top()
    {
        Add("b", "Re: plan");
        Add("a", "plan");
        AssertThreads("(2 1)");
    }

    [Fact]
    public void Two_originals_of_one_subject_are_siblings()
    {
        Add("a", "plan");
        Add("b", "plan");
        Add("c", "Fwd: plan");
        AssertThreads("((1)(2)(3))");
    }

    [Fact]
    public void Missing_messages_of_one_subject_become_one()
    {
        Add("a", "Re: plan", "lost");
        Add("b", "Re: plan", "lost");
        Add("c", "Re: plan", "gone");
        Add("d", "Re: plan", "gone");
        Add("e", "plan");
        AssertThreads("((1)(2)(3)(4)(5))");
    }

    [Fact]
    public void Empty_subjects_have_nothing_in_common()
    {
        Add("a", "");
        Add("b", "Re:");
        AssertThreads("(1)(2)");
    }

    [Fact]
    public void Siblings_and_threads_go_by_the_date_they_were_sent()
    {
        Add("a", "a", sent: 50);
        Add("b", "b", "a", sent: 40);
        Add("c", "c", "a", sent: 30);
        Add("d", "d", sent: 10);
        Add("e", "e", "lost", sent: 60);
        Add("f", "f", "lost", sent: 20);
        AssertThreads("(4)((6)(5))(1 (3)(2))");
    }

    // Walking up to the root for each message would take thousands of millions of steps, recursion the whole stack.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_chain_of_100_000_messages_is_a_chain(bool forwards)
    {
        const int count = 100_000;
        for (var i = 0; i < count; i++)
        {
            var number = forwards ? i : count - 1 - i;
            Add($"m{number}", $"s{number}", sent: number, references: number == 0 ? [] : [$"m{number - 1}"]);
        }

        var text = await ThreadText.WriteAsync(_threads.Build());
        Assert.Equal("(" + string.Join(' ', Enumerable.Range(1, count).Select(i => forwards ? i : count + 1 - i)) + ")", text);
    }

    [Fact]
    public void Garbage_in_References_makes_no_more_places_than_messages_can_fill()
    {
        for (var i = 0; i < 3_000; i++) Add($"m{i}", $"s{i}", [.. Enumerable.Range(0, 50).Select(j => $"garbage{i}-{j}")]);
        Assert.Equal(3_000, _threads.Build().Count);
    }

    [Fact]
    public void Every_message_is_in_one_thread_whatever_the_references() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9].Array[0, 5], Gen.Int[0, 3], Gen.Int[0, 5]).Array[1, 30].Sample(messages =>
        {
            var threads = new ReferenceThreads();
            uint uid = 0;
            foreach (var (id, references, subject, sent) in messages)
            {
                threads.Add(
                    new ThreadMessage(new Uid(++uid), sent, subject == 0 ? "" : $"s{subject}", subject == 2), id == 0 ? null : $"id{id}",
                    references.Select(static reference => $"id{reference}"));
            }

            var found = new List<uint>();
            var open = new Stack<ThreadNode>(threads.Build());
            var roots = open.Count;
            while (open.TryPop(out var node))
            {
                if (node.Message is { } message) found.Add(message.Uid.Value);
                else if (node.Children is not { Count: > 1 }) return false;
                foreach (var child in node.Children ?? [])
                {
                    if (child.IsDummy) return false;
                    open.Push(child);
                }
            }

            return roots > 0 && found.Order().SequenceEqual(Enumerable.Range(1, messages.Length).Select(static i => (uint)i));
        });

    private void Add(string id, string subject, params string[] references) => Add(id, subject, _uid + 1, references);

    private void Add(string id, string subject, string reference, long sent) => Add(id, subject, sent, [reference]);

    private void Add(string id, string subject, long sent, params string[] references)
    {
        var (text, isReply) = BareSubject.Of(subject);
        _threads.Add(new ThreadMessage(new Uid(++_uid), sent, text.ToLowerInvariant(), isReply), id, references);
    }

    private void AssertThreads(string expected) => Assert.Equal(expected, ThreadText.WriteAsync(_threads.Build()).Result);
}
