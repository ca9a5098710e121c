using BenchmarkDotNet.Running;

// dotnet run -c Release --project perf/Modus.Benchmarks -- --filter '*Wire*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
