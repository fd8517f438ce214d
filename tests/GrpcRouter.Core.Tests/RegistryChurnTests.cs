using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class RegistryChurnTests
{
    private const int Names = 300;

    [Fact]
    public async Task Channels_that_come_go_drain_and_replace_each_other_leave_exactly_those_that_take_calls()
    {
        using Bench bench = new();
        using CancellationTokenSource stop = new();
        Task<int>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadUntil(bench, stop.Token)))];
        Random random = new(11);
        Dictionary<string, ScriptedInstance> ready = [];
        List<ScriptedInstance> draining = [];
        for (int i = 0; i < 3_000; i++)
        {
            string name = $"n{random.Next(Names)}";
            bool there = ready.TryGetValue(name, out ScriptedInstance? instance);
            switch (random.Next(5))
            {
                case 0 when there:
                    instance!.Lose();
                    await instance.Closed.Soon();
                    ready.Remove(name);
                    break;
                case 1 when there:
                    instance!.Send(InstanceFrame.Drain());
                    ready.Remove(name);
                    draining.Add(instance);
                    break;
                case 2 when draining.Count > 0:
                    ScriptedInstance gone = draining[random.Next(draining.Count)];
                    draining.Remove(gone);
                    gone.Lose();
                    await gone.Closed.Soon();
                    break;
                default:
                    ready[name] = await bench.InstanceAsync(name);
                    if (there)
                    {
                        Assert.Equal(Grpc.Core.StatusCode.Aborted, (await instance!.Closed.Soon()).StatusCode);
                    }

                    break;
            }

            Assert.Equal(ready.Count, bench.Router.Registry.Pickable.Count);
        }

        Assert.Equal(
            ready.Values.Select(static instance => instance.Channel).ToHashSet(),
            bench.Router.Registry.Pickable.ToHashSet());
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), static reads => Assert.True(reads > 0));
    }

    [Fact]
    public async Task Thousands_of_channels_that_register_at_once_all_serve()
    {
        const int Count = 3_000;
        using Bench bench = new();
        Task waiting = bench.Router.WaitForInstancesAsync(Count);
        ScriptedInstance[] instances = new ScriptedInstance[Count];
        Parallel.For(0, Count, index =>
        {
            instances[index] = new ScriptedInstance().Connect(bench.Router);
            instances[index].Send(InstanceFrame.Of(new InstanceControl { Hello = ScriptedInstance.Hello($"n{index}") }));
        });
        await waiting.Soon();
        Assert.Equal(Count, bench.Router.Registry.Pickable.Distinct().Count());

        TestLeg[] legs = [.. Enumerable.Range(0, Count).Select(_ => bench.Call(Probe.Unary).Send([1]).HalfClose())];
        foreach (ScriptedInstance instance in instances)
        {
            Assert.NotNull((await instance.NextAsync()).Control?.Registered);
            ulong id = (await instance.RequestAsync()).First(static frame => frame.Start is not null).CallId;
            instance.Send(InstanceFrame.Message(id, Probe.Unary, [9]) with { End = new CallEnd() });
        }

        foreach (TestLeg leg in legs)
        {
            Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        }

        bench.AssertIdle();
    }

    [Fact]
    public async Task All_that_wait_for_a_number_of_instances_are_told_when_it_is_reached()
    {
        using Bench bench = new();
        Task[] waiting = [.. Enumerable.Range(1, 50).Select(count => bench.Router.WaitForInstancesAsync(count))];
        for (int i = 0; i < waiting.Length; i++)
        {
            Assert.False(waiting[i].IsCompleted);
            await bench.InstanceAsync($"n{i}");
            await waiting[i].Soon();
        }
    }

    /// <summary>Judges every list that it sees: none may be torn, and none may name a channel twice.</summary>
    private static int ReadUntil(Bench bench, CancellationToken stop)
    {
        int reads = 0;
        HashSet<InstanceChannel> seen = [];
        do
        {
            InstanceSnapshot list = bench.Router.Registry.Pickable;
            seen.Clear();
            for (int i = 0; i < list.Count; i++)
            {
                Assert.NotNull(list[i]);
                Assert.True(seen.Add(list[i]), $"{list[i]} stands in the list twice.");
            }

            Assert.Equal(list.Count, list.Count());
            reads++;
        }
        while (!stop.IsCancellationRequested);
        return reads;
    }
}
