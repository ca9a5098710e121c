using Xunit;

namespace Modus.EndToEnd.Tests.Tls;

/// <summary>
/// Tests that count on a session being resumed run alone: the runtime keeps its TLS contexts, and the ticket keys in them, in one table
/// of the process, and drops those that no connection holds whenever their number reaches a multiple of 32. Servers of other tests would push it there.
/// </summary>
[CollectionDefinition(nameof(OneSetOfTlsContexts), DisableParallelization = true)]
public sealed class OneSetOfTlsContexts;
