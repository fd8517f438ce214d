using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <content>The pace of messages within a stream. What comes too fast waits for the wheel, and no thread waits with it.</content>
internal sealed partial class RoutedCall
{
    private PaceTimer? requestTimer;
    private PaceTimer? responseTimer;
    private ResponsePacer? responsePacer;
    private long requestFullAt;
    private long responseFullAt;

    // The message that is about to be relayed has been counted; what an earlier attempt took was counted then.
    private bool requestPaced;
    private bool replaying;

    // Some of what is to go to the client has to wait, and its time has not come. Both are guarded by the gate.
    private bool hasRest;
    private bool heldBack;

    /// <summary>Waits until a message may pass. Meanwhile nothing is read from the client, whose window so fills up.</summary>
    /// <returns>False when the call, or the attempt, is over.</returns>
    private async ValueTask<bool> PaceRequestAsync(MessagePace pace)
    {
        TimeProvider time = router.Hub.Time;
        while (!requestPaced && !replaying)
        {
            long wait = pace.Take(ref requestFullAt, time.GetTimestamp());
            if (wait == 0)
            {
                break;
            }

            if (pace.Refuses)
            {
                Fail(MessageRefusal.TooFast(router.Service, ReasonKeys.Request, pace));
                return false;
            }

            requestTimer ??= new PaceTimer(this, ofRequests: true);
            router.Hub.Deadlines.Add(requestTimer, time.GetElapsedTime(0, wait), serial);
            await sendSignal.WaitAsync().ConfigureAwait(false);
            router.Hub.Deadlines.Remove(requestTimer);
            if (Stopped)
            {
                return false;
            }
        }

        requestPaced = true;
        return true;
    }

    /// <summary>A message comes from the instance.</summary>
    /// <returns>False when it comes too fast and that ends the call.</returns>
    private bool TryPaceResponse_NeedsLock(MessagePace pace)
    {
        if (!pace.Refuses)
        {
            (responsePacer ??= new ResponsePacer()).Begin(inbound.Length);
            return true;
        }

        if (pace.Take(ref responseFullAt, router.Hub.Time.GetTimestamp()) == 0)
        {
            return true;
        }

        MarkFailed_NeedsLock(MessageRefusal.TooFast(router.Service, ReasonKeys.Response, pace));
        return false;
    }

    /// <summary>Finds how much may go to the client now; the rest has the pump come again.</summary>
    private int PaceResponses(MessagePace pace)
    {
        if (draining.Length == 0 || heldBack)
        {
            return 0;
        }

        TimeProvider time = router.Hub.Time;
        int allowed = responsePacer!.Allow(pace, ref responseFullAt, time.GetTimestamp(), draining.Length, out long wait);
        lock (gate)
        {
            hasRest = heldBack = wait > 0;
        }

        if (wait > 0)
        {
            responseTimer ??= new PaceTimer(this, ofRequests: false);
            router.Hub.Deadlines.Add(responseTimer, time.GetElapsedTime(0, wait), serial);
        }

        return allowed;
    }

    private void OnPaceDue(bool ofRequests, long callSerial)
    {
        bool wake = false;
        lock (gate)
        {
            if (callSerial != serial)
            {
                return;
            }

            if (ofRequests)
            {
                Signal_NeedsLock();
            }
            else if (heldBack)
            {
                heldBack = false;
                wake = TryWake_NeedsLock();
            }
        }

        ScheduleIf(wake);
    }

    private void EndPace()
    {
        if (responseTimer is not null)
        {
            router.Hub.Deadlines.Remove(responseTimer);
        }
    }

    private sealed class PaceTimer(RoutedCall call, bool ofRequests) : DeadlineEntry
    {
        public override void OnDue(long token) => call.OnPaceDue(ofRequests, token);
    }
}
