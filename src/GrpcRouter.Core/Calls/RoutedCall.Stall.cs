using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>A client must take what waits for it, in time.</content>
internal sealed partial class RoutedCall
{
    // Less is left to the server's buffer: to watch small responses would cost more than they hold.
    private const long WatchedBytes = 4096;

    private readonly StallTimer stallTimer;
    private long written;

    // Guarded by the gate: the timer is armed; flushes begun, and the one that it found waiting last.
    private bool stallTimed;
    private uint flushes;
    private uint stalledFlush;

    /// <summary>A flush waits for the client. One timer watches all of a call's, and finds out itself which.</summary>
    private void WatchFlush()
    {
        if (stallTimed || router.Hub.Options.Abuse.StalledReaderTimeout is not { } limit)
        {
            return;
        }

        lock (gate)
        {
            stallTimed = true;
            stalledFlush = flushes;
            router.Hub.LongTimes.Add(stallTimer, limit, serial);
        }
    }

    /// <summary>The response is complete; some of it may wait in the server for the client.</summary>
    private void WatchDelivery()
    {
        if (written >= WatchedBytes && router.Hub.Options.Abuse.StalledReaderTimeout is { } limit)
        {
            leg.WatchDelivery(router.Hub.LongTimes, limit);
        }
    }

    private void EndWatch()
    {
        written = 0;
        if (!stallTimed)
        {
            return;
        }

        lock (gate)
        {
            stallTimed = false;
            router.Hub.LongTimes.Remove(stallTimer);
        }
    }

    private void OnStallDue(long token)
    {
        bool wake;
        ClientLeg client;
        AbuseWatch watch;
        string what;
        lock (gate)
        {
            if (token != serial || !stallTimed)
            {
                return;
            }

            if (!flushing)
            {
                stallTimed = false;
                return;
            }

            if (stalledFlush != flushes && router.Hub.Options.Abuse.StalledReaderTimeout is { } limit)
            {
                stalledFlush = flushes;
                router.Hub.LongTimes.Add(stallTimer, limit, serial);
                return;
            }

            // A status would wait behind the data that is not taken.
            wake = MarkFailed_NeedsLock(new CallFailure(
                new RouterStatus(StatusCode.Cancelled, RouterReasons.Cancelled, "The client took nothing of its response."), CancelReason.Client)) && TryWake_NeedsLock();
            client = leg;
            watch = router.Hub.Abuse;
            what = $"It took nothing of a response of {router.Service.FullName}/{method.Name}, which was reset.";
        }

        // It may end the whole connection, and with it calls that have gates of their own.
        client.OnStalled(watch, what);
        ScheduleIf(wake);
    }

    private sealed class StallTimer(RoutedCall call) : DeadlineEntry
    {
        public override void OnDue(long token) => call.OnStallDue(token);
    }
}
