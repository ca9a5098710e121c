using Modus.EndToEnd.Tests;
using Modus.EndToEnd.Tests.Storage;

// The process that a crash test kills; otherwise the tests, by either of xunit's runners.
if (args is [CrashLoad.Verb, var folder, var seed])
    return await CrashLoad.RunAsync(folder, int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture));

return args.Any(static arg => arg is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
