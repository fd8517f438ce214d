using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using GrpcRouter.Bench;

// In this process: a generated project would inherit the repository's build rules, which are not made for it.
IConfig config = ManualConfig.CreateEmpty()
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params, DefaultColumnProviders.Metrics)
    .AddColumn(StatisticColumn.Mean, StatisticColumn.StdDev)
    .AddLogger(ConsoleLogger.Default)
    .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "grpcrouter-micro"));

Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(FrameBenchmarks).Assembly).Run(args.Length == 0 ? ["--filter", "*"] : args, config)];
if (args.Length == 0)
{
    GeneratedSection.Write("build/bench/micro", MicroTable.Of(summaries));
}

return summaries.Length > 0 && Array.TrueForAll(summaries, static summary => !summary.HasCriticalValidationErrors) ? 0 : 1;
