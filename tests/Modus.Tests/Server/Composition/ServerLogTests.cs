using System.Reflection;
using Microsoft.Extensions.Logging;
using Modus.Server.Composition;
using Xunit;

namespace Modus.Tests.Server.Composition;

public sealed class ServerLogTests
{
    [Fact]
    public void Event_ids_are_the_programs_own_and_unique()
    {
        var ids = typeof(ServerLog).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId)
            .OfType<int>().ToList();

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.InRange(id, 8000, 8999));
    }
}
