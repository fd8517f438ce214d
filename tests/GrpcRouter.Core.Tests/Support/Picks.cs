using Google.Protobuf;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>Instances of a bench, and picks among them.</summary>
internal static class Picks
{
    public static readonly PickRandom Random = new(seed: 7);

    public static InstanceSnapshot Pickable(this Bench bench) => bench.Router.Registry.Pickable;

    public static PickTarget Target(this Bench bench) => bench.Router.Plan[Probe.Unary].Open.Target;

    public static Task<ScriptedInstance> InstanceAsync(this Bench bench, string id, Action<Hello> say)
    {
        Hello hello = ScriptedInstance.Hello(id);
        say(hello);
        return new ScriptedInstance().RegisterAsync(bench.Router, hello);
    }

    public static async Task<ScriptedInstance[]> InstancesAsync(this Bench bench, int count)
    {
        ScriptedInstance[] instances = new ScriptedInstance[count];
        for (int i = 0; i < count; i++)
        {
            instances[i] = await bench.InstanceAsync($"i{i}");
        }

        return instances;
    }

    public static LoadBalancerContext Context(this Bench bench, LoadBalancingOptions? options = null, SlowStartOptions? slowStart = null) =>
        new(Probe.Service, options ?? new LoadBalancingOptions(), slowStart ?? new SlowStartOptions(), bench.Time);

    public static void Report(this ScriptedInstance instance, LoadReport report) => instance.Send(InstanceFrame.Of(new InstanceControl { LoadReport = report }));

    /// <summary>A call that brings metadata.</summary>
    public static TestLeg Bringing(params (string Key, string Value)[] metadata)
    {
        CallStart opening = new();
        opening.Metadata.AddRange(metadata.Select(static entry => new MetadataEntry { Key = entry.Key, Value = ByteString.CopyFromUtf8(entry.Value) }));
        return new TestLeg { Opening = opening };
    }

    public static PickContext Call(TestLeg? leg = null, int attempt = 0) => new(Probe.Unary, attempt, leg, Random);

    /// <summary>How many of so many picks each instance got.</summary>
    public static Dictionary<string, int> Count(this ILoadBalancer balancer, InstanceSnapshot instances, int picks)
    {
        Dictionary<string, int> counts = instances.ToDictionary(static channel => channel.InstanceId, static _ => 0);
        for (int i = 0; i < picks; i++)
        {
            counts[balancer.Pick(instances, Call())!.InstanceId]++;
        }

        return counts;
    }

    /// <summary>Puts calls under way on a channel.</summary>
    public static ulong[] Load(this InstanceChannel channel, int calls)
    {
        RoutedCall call = new();
        return [.. Enumerable.Range(0, calls).Select(_ => channel.Calls.Add(call))];
    }
}
