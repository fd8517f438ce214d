using System.Globalization;
using GrpcRouter.Generators.Specs;
using GrpcRouter.Schema;

namespace GrpcRouter.Generators.Emit;

// The override that gives the runtime what the .proto says. Nothing where it says nothing.
internal static class PolicyDeclaration
{
    public static void Write(SourceWriter writer, IReadOnlyList<PolicySpec> policies)
    {
        if (policies.Count == 0)
        {
            return;
        }

        writer.Write("""

            /// <summary>What the .proto says of how calls are treated; configuration goes before it.</summary>
            /// <param name="service">Takes the settings.</param>
            """);
        writer.Open("protected override void DeclarePolicy(global::GrpcRouter.ServicePolicyOptions service)");
        foreach (var policy in policies)
        {
            var options = policy.Method is null ? "service" : $"service.Method({CSharp.Literal(policy.Method)})";
            foreach (var setting in policy.Settings)
            {
                writer.Write($"{options}.{setting.Property}{Assignment(setting)};");
            }
        }

        writer.Close();
    }

    private static string Assignment(PolicySetting setting) => setting.Kind switch
    {
        PolicyValueKind.Text => $" = {CSharp.Literal(setting.Value)}",
        PolicyValueKind.Duration => $" = {Duration(long.Parse(setting.Value, CultureInfo.InvariantCulture))}",
        PolicyValueKind.Status => $".Add(global::Grpc.Core.StatusCode.{setting.Value})",
        PolicyValueKind.Idempotency => $" = global::GrpcRouter.MethodIdempotency.{setting.Value}",
        _ => $" = {setting.Value}",
    };

    // The largest unit in which it is a whole number. Larger values than FromSeconds computes exactly stay in ticks.
    private static string Duration(long ticks) =>
        ticks == 0 ? "global::System.TimeSpan.Zero"
        : Math.Abs(ticks) > int.MaxValue * TimeSpan.TicksPerSecond || ticks % TimeSpan.TicksPerMillisecond != 0 ? Call("FromTicks", ticks)
        : ticks % TimeSpan.TicksPerSecond == 0 ? Call("FromSeconds", ticks / TimeSpan.TicksPerSecond)
        : Call("FromMilliseconds", ticks / TimeSpan.TicksPerMillisecond);

    private static string Call(string method, long value) => $"global::System.TimeSpan.{method}({value.ToString(CultureInfo.InvariantCulture)})";
}
