namespace GrpcRouter.Core.Tests;

/// <summary>Two instances, of which either may get the next call.</summary>
internal sealed class Pair(ScriptedInstance one, ScriptedInstance two) : IAsyncDisposable
{
    public ScriptedInstance One => one;

    public ScriptedInstance Two => two;

    public static async Task<Pair> OfAsync(Bench bench) => new(await bench.InstanceAsync("one"), await bench.InstanceAsync("two"));

    public async Task<(ScriptedInstance Instance, RouterFrame Frame)> NextAsync(ScriptedInstance? not = null)
    {
        RouterFrame? frame = null;
        ScriptedInstance? from = null;
        await Task.Run(() => Patience.Until(
            () =>
            {
                foreach (ScriptedInstance instance in (ScriptedInstance[])[one, two])
                {
                    if (instance != not && instance.TryNext() is { } next)
                    {
                        (from, frame) = (instance, next);
                        return true;
                    }
                }

                return false;
            },
            "A frame comes."));
        return (from!, frame!);
    }

    public async Task<List<RouterFrame>> BarrierAsync() => [.. await one.BarrierAsync(), .. await two.BarrierAsync()];

    public ValueTask DisposeAsync() => default;
}
