using System.Reflection;
using GrpcRouter.Tests;

namespace GrpcRouter.SamplesTests;

internal static class Sample
{
    public static ChildProcess Start(string name, params string[] arguments) =>
        ChildProcess.Start(Path.Combine(Value("Samples"), name, Value("Output"), $"{name}.dll"), arguments);

    private static string Value(string key) => typeof(Sample).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
