using System.Reflection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Modus.Tests.Architecture;

/// <summary>An event id names one event for ever; each room has a range of its own.</summary>
public sealed class LogEventTests
{
    private static readonly (string Room, int First, int Last)[] Ranges =
    [
        ("Modus.Protocols.Smtp", 1000, 1999),
        ("Modus.Protocols.Pop3", 2000, 2999),
        ("Modus.Protocols.Imap", 3000, 3999),
        ("Modus.Tls", 4000, 4999),
        ("Modus.Storage", 5000, 5999),
        ("Modus.Delivery", 6000, 6999),
        ("Modus.Protocols.Sasl", 7000, 7499),
        ("Modus.Protocols.Wire", 7500, 7999),
        ("Modus.Server", 8000, 8999),
    ];

    private static readonly (string Where, string Room, LoggerMessageAttribute Event)[] Events =
        [.. from assembly in Repository.Assemblies
            from type in assembly.GetTypes()
            from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            let logged = method.GetCustomAttribute<LoggerMessageAttribute>()
            where logged is not null
            select ($"{type.FullName}.{method.Name}", type.Namespace!, logged)];

    [Fact]
    public void There_are_events() => Assert.NotEmpty(Events);

    [Fact]
    public void No_two_events_share_an_id() =>
        Findings.None(Events.GroupBy(static logged => logged.Event.EventId)
            .Where(static same => same.Count() > 1)
            .Select(static same => $"{same.Key}: {string.Join(", ", same.Select(static logged => logged.Where))}"));

    [Fact]
    public void Every_id_is_in_the_range_of_its_room() =>
        Findings.None(Events.Where(static logged => !Ranges.Any(range =>
                (logged.Room + '.').StartsWith(range.Room + '.', StringComparison.Ordinal)
                && logged.Event.EventId >= range.First && logged.Event.EventId <= range.Last))
            .Select(static logged => $"{logged.Where}: {logged.Event.EventId}"));
}
