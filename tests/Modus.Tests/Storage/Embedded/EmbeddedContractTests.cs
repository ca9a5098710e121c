using Modus.Testing.Storage;
using Modus.Tests.Storage.Contract;

namespace Modus.Tests.Storage.Embedded;

// The contract of every engine, run against the embedded one.

public sealed class EmbeddedDeliveryTests : DeliveryContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedMailboxTests : MailboxContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedMessageTests : MessageContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedDirectoryTests : DirectoryContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedSettingsTests : SettingsContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedChangesTests : ChangesContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedChangeFeedTests : ChangeFeedContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedModelTests : ModelContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedOpenedMailboxTests : OpenedMailboxContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedAppendTests : AppendContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedAnnotationTests : AnnotationContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedQueueTests : QueueContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedLeaseTests : LeaseContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedTraceTests : TraceContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedRecordTests : RecordContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}

public sealed class EmbeddedPrefixTests : PrefixContract
{
    protected override async ValueTask<IStoreUnderTest> OpenAsync() => await EmbeddedStoreUnderTest.OpenAsync();
}
