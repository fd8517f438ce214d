using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.HostileTests;

/// <summary>Channels that are opened and not used, and such that come and go.</summary>
[Collection(Attacks.Name)]
public sealed class RegistrationTests : HostileTest
{
    [Theory]
    [InlineData("nothing")]
    [InlineData("half a prefix")]
    [InlineData("half a Hello")]
    public async Task A_channel_that_does_not_register_ends_when_its_time_is_over(string said)
    {
        const int Channels = 20;
        Arena arena = await StartAsync(static options => options.RegistrationTimeout = TimeSpan.FromMilliseconds(400), bridge: false);
        HostileInstance[] attackers = await Task.WhenAll(Enumerable.Range(0, Channels).Select(_ => arena.ConnectInstanceAsync()));
        foreach (HostileInstance attacker in attackers)
        {
            byte[] hello = Calls.Prefixed(new byte[300]);
            await (said switch
            {
                "half a prefix" => attacker.SendRawAsync(hello.AsMemory(0, 3)),
                "half a Hello" => attacker.SendRawAsync(hello.AsMemory(0, 100)),
                _ => Task.CompletedTask,
            });
        }

        foreach (HostileInstance attacker in attackers)
        {
            Status end = await attacker.ReceiveEndAsync();
            Assert.Equal((StatusCode.FailedPrecondition, "No Hello came in time."), (end.StatusCode, end.Detail));
            await arena.IsCaughtAsync(AbuseKinds.SlowRegistration, $"{attacker.Peer} was stopped");
        }

        Assert.Equal(Channels, arena.Offences(AbuseKinds.SlowRegistration));
        Assert.Equal(0, arena.Router.OpenChannels);
        MemoryIsWithin(16 * MiB);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Instances_that_register_and_drop_again_and_again_leave_nothing_behind(bool valid)
    {
        const int Cycles = 500;
        Arena arena = await StartAsync(bridge: false);
        await FlapAsync(arena, Cycles, valid);
        MemoryIsWithin(16 * MiB);
        long first = Heap.Collected();

        await FlapAsync(arena, Cycles, valid);

        // A channel that stayed would be some ten KiB for each cycle.
        Assert.InRange(Heap.Collected() - first, long.MinValue, 2 * MiB);
        Assert.Empty(arena.Router.Instances);
    }

    private static async Task FlapAsync(Arena arena, int cycles, bool valid)
    {
        await Parallel.ForAsync(0, cycles, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (cycle, _) =>
        {
            await using HostileInstance instance = await HostileInstance.ConnectAsync(arena.Host.Address, TargetRouter.Service);
            if (valid)
            {
                await instance.RegisterAsync($"flapping-{cycle % 10}");
            }
            else
            {
                await instance.SendControlAsync(new InstanceControl { Hello = new Hello { Versions = { 1 }, Service = "another.Service", InstanceId = "x" } });
                Assert.Equal(StatusCode.FailedPrecondition, (await instance.ReceiveEndAsync()).StatusCode);
            }
        });
        await Until.TrueAsync(() => arena.Router.OpenChannels == 0, () => $"{arena.Router.OpenChannels} channels are left.");
    }
}
