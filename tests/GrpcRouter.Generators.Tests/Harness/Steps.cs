using System.Reflection;

namespace GrpcRouter.Generators.Tests.Harness;

/// <summary>The pipeline's tracked steps, found by reflection so that a new one is looked at without being listed.</summary>
internal static class Steps
{
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(TrackingNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!),
    ];
}
