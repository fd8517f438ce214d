using System.Collections.Concurrent;

namespace GrpcRouter.Core.Tests;

/// <summary>A router of the probe service on a clock of its own.</summary>
internal sealed class Bench : IDisposable
{
    private readonly ConcurrentStack<RoutedCall> relays = new();
    private readonly ConcurrentStack<HedgedCall> hedges = new();

    public Bench(RouterOptions? options = null, TimeProvider? time = null)
    {
        Hub = new RouterHub(options ?? new RouterOptions(), time ?? Time);
        Router = Hub.GetRouter<ProbeRouter>();
    }

    /// <summary>Options with a policy of the test's own for all calls.</summary>
    public static RouterOptions Balanced(Func<ILoadBalancer> make, RouterOptions? options = null)
    {
        options ??= new RouterOptions();
        options.LoadBalancers["test"] = _ => make();
        options.Defaults.LoadBalancing.Policy = "test";
        return options;
    }

    public ManualTimeProvider Time { get; } = new();

    public RouterHub Hub { get; }

    public ProbeRouter Router { get; }

    public Task<ScriptedInstance> InstanceAsync(string id = "one", uint window = 65_536)
    {
        V1.Hello hello = ScriptedInstance.Hello(id);
        hello.InitialWindow = window;
        return new ScriptedInstance().RegisterAsync(Router, hello);
    }

    /// <summary>Begins a call.</summary>
    public TestLeg Call(RoutedMethod method, TestLeg? leg = null)
    {
        leg ??= new TestLeg();
        if (relays.TryPop(out RoutedCall? relay))
        {
            leg.Relay = relay;
        }

        if (hedges.TryPop(out HedgedCall? hedge))
        {
            leg.Hedge = hedge;
        }

        leg.Done = RunAsync(method, leg);
        return leg;
    }

    // What a call leaves behind is to be met by the next.
    private async Task RunAsync(RoutedMethod method, TestLeg leg)
    {
        await Router.RunCallAsync(method, leg);
        relays.Push(leg.Relay);
        hedges.Push(leg.Hedge);
    }

    /// <summary>Begins a call whose request is one small message, and takes its start at the instance.</summary>
    public async Task<(TestLeg Leg, ulong Id)> StartAsync(ScriptedInstance instance, RoutedMethod method, TestLeg? leg = null)
    {
        leg = Call(method, leg);
        leg.Send([1]).HalfClose();
        return (leg, (await instance.RequestAsync()).First(static frame => frame.Start is not null).CallId);
    }

    /// <summary>Nothing of any call is left behind.</summary>
    public void AssertIdle()
    {
        Assert.Equal(0, Router.ActiveCalls);
        Assert.Equal(0, Hub.Deadlines.Count);
        Assert.Equal(0, Hub.LongTimes.Count);
        Assert.Equal(0, Hub.ReplayBytes.Used);
        Assert.All(Router.Instances, static channel => Assert.Equal(0, channel.ActiveCalls));
        Assert.All(Router.Instances, static channel => Assert.Equal(0, channel.Budget.Used));
        Assert.All(Router.Instances, static channel => Assert.Equal(0, channel.Output.QueuedTurns));
    }

    public void Dispose() => Hub.Dispose();
}
