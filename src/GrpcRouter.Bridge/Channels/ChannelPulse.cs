using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>Pings a silent router, gives a dead one up, and measures the round trip on the way.</summary>
internal sealed class ChannelPulse : IDisposable
{
    // The grain of timers.
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(1);

    private readonly BridgeRuntime bridge;
    private readonly ChannelOutput output;
    private readonly Action onDead;
    private readonly KeepAlive keepAlive;
    private readonly ITimer timer;
    private ulong sent;
    private long roundTrip;

    public ChannelPulse(BridgeRuntime bridge, ChannelOutput output, Action onDead)
    {
        this.bridge = bridge;
        this.output = output;
        this.onDead = onDead;
        TimeSpan interval = bridge.Options.KeepAliveInterval;
        TimeSpan timeout = bridge.Options.KeepAliveTimeout;
        keepAlive = new KeepAlive(Ticks(interval), Ticks(timeout), bridge.Time.GetTimestamp());
        SendPing();
        timer = bridge.Time.CreateTimer(static pulse => ((ChannelPulse)pulse!).Tick(), this, interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The last round trip in units of the clock's timestamps; 0 before the first.</summary>
    public long RoundTrip => Volatile.Read(ref roundTrip);

    public void OnReceived() => keepAlive.OnReceived(bridge.Time.GetTimestamp());

    public void OnPong(ulong nonce)
    {
        if (nonce == Volatile.Read(ref sent))
        {
            Volatile.Write(ref roundTrip, Math.Max(1, bridge.Time.GetTimestamp() - (long)nonce));
        }
    }

    public void Dispose() => timer.Dispose();

    private void Tick()
    {
        switch (keepAlive.Tick(bridge.Time.GetTimestamp()))
        {
            case KeepAliveAction.Ping:
                SendPing();
                break;
            case KeepAliveAction.Dead:
                ControlFrames.SendLast(output, ChannelErrorCode.Keepalive, "No sign of life in time.");
                onDead();
                return;
        }

        // Exactly then, not at the next of regular ticks, so that a dead router is found in interval and timeout whenever it fell silent.
        double seconds = (double)keepAlive.NextIn(bridge.Time.GetTimestamp()) / bridge.Time.TimestampFrequency;
        TimeSpan next = TimeSpan.FromSeconds(seconds);
        timer.Change(next < Soonest ? Soonest : next, Timeout.InfiniteTimeSpan);
    }

    private void SendPing()
    {
        ulong nonce = (ulong)bridge.Time.GetTimestamp();
        Volatile.Write(ref sent, nonce);
        ControlFrames.Send(output, new InstanceControl { Ping = new Ping { Nonce = nonce } });
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * bridge.Time.TimestampFrequency);
}
