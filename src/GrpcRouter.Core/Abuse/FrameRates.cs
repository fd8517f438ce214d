using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>How many frames that move no call on an instance may send. One for each channel, used by its reader alone.</summary>
internal sealed class FrameRates(AbuseOptions options, TimeProvider time)
{
    /// <summary>Credit below this is not worth a frame: sent piece by piece it would cost more to read than the window is worth.</summary>
    private const ulong LeastCredit = 1024;

    // Frames may come late and all at once, as after a pause of the network.
    private const int BurstSeconds = 10;

    private readonly TokenBucket control = Bucket(options.ControlFramesPerSecond, time);
    private readonly TokenBucket empty = Bucket(options.EmptyFramesPerSecond, time);

    /// <summary>Frames of the channel's own are within their rate.</summary>
    public bool AllowsControl() => control.TryTake(time.GetTimestamp());

    /// <summary>The frame is of use, or within the rate of those that are not.</summary>
    public bool Allows(in Frame frame) => !IsEmpty(frame) || empty.TryTake(time.GetTimestamp());

    private static bool IsEmpty(in Frame frame) =>
        frame.Credit < LeastCredit && frame.PayloadField == 0 && frame.Fragment.IsEmpty && !frame.HasMessageLength && !frame.HasOpening && !frame.HasEnd;

    private static TokenBucket Bucket(int perSecond, TimeProvider time) => new((double)perSecond * BurstSeconds, perSecond, time.TimestampFrequency);
}
