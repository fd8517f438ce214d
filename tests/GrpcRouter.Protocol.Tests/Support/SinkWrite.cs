using System.Threading.Tasks.Sources;

namespace GrpcRouter.Protocol.Tests;

/// <summary>A write that the test ends. The writer goes on inside of that call: when it returns, the next write has begun or none will.</summary>
internal sealed class SinkWrite(byte[] control, byte[] data, Action<SinkWrite> begun) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> core;

    public byte[] Control => control;

    public byte[] Data => data;

    public ValueTask Task => new(this, core.Version);

    public void End() => core.SetResult(true);

    public void Fail(Exception error) => core.SetException(error);

    void IValueTaskSource.GetResult(short token) => core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        core.OnCompleted(continuation, state, token, flags);
        begun(this);
    }
}
