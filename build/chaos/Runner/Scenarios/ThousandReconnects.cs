using GrpcRouter.Testing;
using GrpcRouter.V1;
using Scripted = GrpcRouter.Testing.ScriptedInstance<GrpcRouter.Chaos.ChurnInstanceFrame, GrpcRouter.Chaos.ChurnRouterFrame>;

namespace GrpcRouter.Chaos;

/// <summary>
/// Scripted instances of another service come and go in every way there is, and bridges of the loaded one in order, which costs no call.
/// </summary>
internal sealed class ThousandReconnects : Scenario
{
    private const int Reconnects = 1000;
    private const int AtOnce = 8;
    private const int BridgeShare = 10;

    public override string Name => "thousand-reconnects";

    public override string Title => "instances come and go a thousand times, some of the loaded service in order; nothing fails";

    public override Promise Promise => Promise.All;

    public override IReadOnlyList<string> ExpectedLog { get; } = ["RegistrationRefused", "ChannelViolation"];

    public override async Task RunAsync(Lab lab, Random random)
    {
        int[] seeds = [.. Enumerable.Range(0, Reconnects).Select(_ => random.Next())];
        string router = lab.Routers[0].Address;
        await lab.Phase.WaitAsync($"{Reconnects} instances have come and gone", Parallel.ForAsync(
            0, Reconnects, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (index, cancellation) =>
            {
                if (index % BridgeShare == 0)
                {
                    await ServeForAWhileAsync(lab, router, $"guest-{index}", cancellation);
                }
                else
                {
                    await ComeAndGoAsync(router, $"churn-{index % AtOnce}", new Random(seeds[index]));
                }
            }));
        await lab.WhenReadyAsync();
        await lab.WhenServedAsync(50);
    }

    private static async Task ServeForAWhileAsync(Lab lab, string router, string name, CancellationToken cancellation)
    {
        Journal journal = lab.NewJournal(name);
        await using WorkloadBridge bridge = new(
            new WorkloadService(name, journal, new Pace(TimeProvider.System)), router, new BridgeOptions { InstanceId = name });
        await bridge.StartAsync(cancellation);
        await lab.Ledger.WhenEndedAsync(1, record => record.Instance == name).WaitAsync(cancellation);
        await bridge.StopAsync(cancellation);
        journal.Dispose();
    }

    private static async Task ComeAndGoAsync(string router, string name, Random random)
    {
        await using Scripted instance = await Scripted.ConnectAsync(router, ChurnRouter.Service);
        switch (random.Next(5))
        {
            case 0:
                // It hangs up before it says who it is.
                break;
            case 1:
                await TryRegisterAsync(instance, name, random);
                break;
            case 2:
                if (await TryRegisterAsync(instance, name, random))
                {
                    await TryAsync(instance.SendRawAsync(new byte[] { 0, 0, 0, 0, 1, 0xFF }));
                    await TryAsync(instance.ReceiveEndAsync());
                }

                break;
            case 3:
                if (await TryRegisterAsync(instance, name, random))
                {
                    await TryAsync(instance.SendControlAsync(new InstanceControl { Drain = new Drain() }));
                    await TryAsync(instance.ReceiveControlAsync(RouterControl.KindOneofCase.DrainAck));
                    instance.CompleteSending();
                    await TryAsync(instance.ReceiveEndAsync());
                }

                break;
            default:
                instance.CompleteSending();
                await TryAsync(instance.ReceiveEndAsync());
                break;
        }
    }

    // Another one of the same name may be newer, or come and replace this one.
    private static async Task<bool> TryRegisterAsync(Scripted instance, string name, Random random)
    {
        try
        {
            await instance.RegisterAsync(name, hello => hello.Epoch = (ulong)random.Next(1, 1000));
            return true;
        }
        catch (Exception error) when (IsEndOfStream(error))
        {
            return false;
        }
    }

    private static async Task TryAsync(Task step)
    {
        try
        {
            await step;
        }
        catch (Exception error) when (IsEndOfStream(error))
        {
            // The router has ended the channel.
        }
    }

    // A send is cancelled by the end of the response.
    private static bool IsEndOfStream(Exception error) => error is InvalidOperationException or IOException or OperationCanceledException;
}
