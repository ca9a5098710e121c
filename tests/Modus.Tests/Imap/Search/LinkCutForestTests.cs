using CsCheck;
using Modus.Protocols.Imap.Search;
using Xunit;

namespace Modus.Tests.Imap.Search;

public sealed class LinkCutForestTests
{
    [Fact]
    public void Roots_are_those_of_a_walk_upwards() =>
        Gen.Select(Gen.Int[0, 11], Gen.Int[-1, 11]).Array[0, 200].Sample(steps =>
        {
            var forest = new LinkCutForest();
            var parents = new int[12];
            for (var i = 0; i < parents.Length; i++) parents[forest.Add()] = -1;
            foreach (var (node, parent) in steps)
            {
                if (parents[node] >= 0)
                {
                    forest.Cut(node);
                    parents[node] = -1;
                }

                if (parent < 0 || RootOf(parent) == node) continue;
                forest.Link(node, parent);
                parents[node] = parent;
                for (var i = 0; i < parents.Length; i++)
                    if (forest.RootOf(i) != RootOf(i)) return false;
            }

            return true;

            int RootOf(int node)
            {
                while (parents[node] >= 0) node = parents[node];
                return node;
            }
        });
}
