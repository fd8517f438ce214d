using Grpc.Core;

namespace GrpcRouter;

/// <summary>Counts the calls of one channel that have ended, and those among them that failed, with one addition for a call.</summary>
internal sealed class CallCounter
{
    private const long OneFailed = (1L << 32) + 1;

    // Ended calls in the lower half, failed ones in the upper: more than four billion between two reports there cannot be.
    private long counts;

    public void Add(StatusCode code) => Interlocked.Add(ref counts, IsFailure(code) ? OneFailed : 1);

    /// <summary>Gives the counts and starts over.</summary>
    public CallCount Take()
    {
        long taken = Interlocked.Exchange(ref counts, 0);
        return new CallCount((uint)taken, (uint)(taken >>> 32));
    }

    // What speaks against the instance. The other codes are answers that a client may have asked for.
    private static bool IsFailure(StatusCode code) => code is StatusCode.Unknown or StatusCode.DeadlineExceeded or StatusCode.Internal
        or StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.DataLoss or StatusCode.Unimplemented;
}
