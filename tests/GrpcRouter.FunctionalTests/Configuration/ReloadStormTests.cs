using Grpc.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter.FunctionalTests;

/// <summary>Many changes of the configuration under load.</summary>
public sealed class ReloadStormTests : FunctionalTest
{
    private static readonly string[] Policies = ["round_robin", "random", "least_request", "ring_hash", "weighted_round_robin", "peak_ewma"];

    [Fact]
    public async Task A_hundred_changes_under_load_lose_no_call_and_invalid_ones_change_nothing()
    {
        ChangingSource source = new(Settings(0));
        Rig rig = await StartAsync(new RigOptions { Instances = 3, Builder = builder => ((IConfigurationBuilder)builder.Configuration).Add(source) });
        rig.Logs.Expect("ConfigurationRefused");
        IRouterConfiguration configuration = rig.Host.Services.GetRequiredService<IRouterConfiguration>();
        using CancellationTokenSource stop = new();
        Task<int>[] callers = [.. Enumerable.Range(0, 8).Select(_ => CallAsync(rig, stop.Token))];
        Task<int>[] streams = [.. Enumerable.Range(0, 4).Select(_ => TalkAsync(rig, stop.Token))];

        for (int i = 1; i <= 100; i++)
        {
            source.Change(Settings(i));
            Assert.Equal(i + 1, configuration.Reload().Version);
            Assert.Equal(TimeSpan.FromMinutes(1000 + i), rig.Host.Hub.Options.MaxCallDuration);
            RouterOptions counting = rig.Host.Hub.Options;
            ServicePlan plan = rig.Router.Plan;

            source.Change([.. Settings(i + 1), ("MaxCallWindow", "1")]);
            Assert.Equal((i + 1, true), (configuration.Reload().Version, configuration.State.Refused is not null));
            Assert.Same(counting, rig.Host.Hub.Options);
            Assert.Same(plan, rig.Router.Plan);

            // Calls begin and end between the changes, whatever the machine.
            int seen = rig.Service.Started;
            await Until.TrueAsync(() => rig.Service.Started > seen + 4 || callers.Any(static caller => caller.IsFaulted), "No call came.");
        }

        await stop.CancelAsync();
        int[] calls = await Task.WhenAll([.. callers, .. streams]).Soon("The calls did not end.");
        Assert.All(calls, static count => Assert.True(count > 0));
        await rig.WhenIdleAsync();
        await Until.TrueAsync(() => rig.Router.RetiredPlans == 0, () => $"{rig.Router.RetiredPlans} plans are left.");
        Assert.Equal(0, rig.Router.LiveCalls.Total);
    }

    private static (string Key, string? Value)[] Settings(int i) =>
    [
        ("MaxCallDuration", $"{TimeSpan.FromMinutes(1000 + i)}"),
        ("CallWindow", $"{(16 + (i % 8)) * 4096}"),
        ("KeepAliveInterval", $"00:00:{20 + (i % 10)}"),
        ("Defaults:LoadBalancing:Policy", Policies[i % Policies.Length]),
        ("Defaults:LoadBalancing:HashHeader", "x-user"),
        ("Services:functional.Probe:CircuitBreaker:MaxCalls", $"{1000 + i}"),
        ("Services:functional.Probe:Routing:Rules:0:Targets:0:FallBackToAny", "true"),
        ("Services:functional.Probe:Routing:Rules:0:Targets:0:Labels:version", $"{i}"),
        ("Services:functional.Probe:OutlierDetection:FailurePercentage:Threshold", $"{50 + (i % 50)}"),
    ];

    private static async Task<int> CallAsync(Rig rig, CancellationToken stop)
    {
        int calls = 0;
        while (!stop.IsCancellationRequested)
        {
            Chunk answer = await rig.Client.UnaryAsync(new Chunk { Number = ++calls });
            Assert.Equal(calls, answer.Number);
        }

        return calls;
    }

    private static async Task<int> TalkAsync(Rig rig, CancellationToken stop)
    {
        int messages = 0;
        while (!stop.IsCancellationRequested)
        {
            using AsyncDuplexStreamingCall<Chunk, Chunk> talk = rig.Client.Talk();
            for (int i = 0; i < 50; i++)
            {
                await talk.RequestStream.WriteAsync(new Chunk { Number = ++messages, Data = Google.Protobuf.ByteString.CopyFrom(new byte[3000]) });
                Assert.Equal(messages, (await talk.ResponseStream.NextAsync()).Number);
            }

            await talk.RequestStream.CompleteAsync();
            Assert.Empty(await talk.ResponseStream.ToListAsync());
        }

        return messages;
    }
}
