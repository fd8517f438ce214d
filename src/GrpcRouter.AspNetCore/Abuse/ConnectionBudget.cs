using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcRouter;

/// <summary>
/// What one connection may cancel. A call that is cancelled at once costs an instance two frames and the start of a handler, while the client that resets its stream may open the
/// next: without a bound one connection could keep every instance busy with nothing.
/// </summary>
internal sealed class ConnectionBudget(ConnectionBudgets owner, AbuseWatch watch, string peer, IConnectionLifetimeFeature? lifetime)
{
    // A handler that ran for longer was no waste, and a proxy may lose thousands of long streams at once.
    private const int EarlySeconds = 5;

    // Calls that are refused one by one, so that the client learns why, before the connection is cut.
    private const int Refusals = 100;

    private const int EnhanceYourCalm = 0xB;

    // Responses that are left untaken. Their streams are reset one by one; the server does not always say that a stream still waits, and the end of the connection ends those too.
    private const int StallBurst = 100;
    private const double StallsPerSecond = 0.1;

    private readonly TokenBucket cancels = owner.NewCancels();
    private readonly TokenBucket stalls = owner.NewBucket(StallBurst, StallsPerSecond);
    private volatile bool spent;
    private int refused;
    private bool cut;

    /// <summary>The connection has cancelled more than it may, and takes no more calls.</summary>
    public bool IsSpent => spent;

    /// <summary>A call of the connection is over.</summary>
    /// <param name="startedAt">The second it began in.</param>
    /// <param name="cancelled">By the client, by a reset or by what it did to its stream.</param>
    public void OnEnd(int startedAt, bool cancelled)
    {
        if (!cancelled)
        {
            if (cancels.IsTouched)
            {
                lock (cancels)
                {
                    cancels.Return();
                }
            }

            return;
        }

        if (owner.Seconds - startedAt > EarlySeconds)
        {
            return;
        }

        lock (cancels)
        {
            spent |= !cancels.TryTake(owner.Now);
        }
    }

    /// <summary>A response was not taken in time, and is reset.</summary>
    public void OnStalled(string what)
    {
        bool allowed;
        lock (stalls)
        {
            allowed = stalls.TryTake(owner.Now);
        }

        if (allowed)
        {
            watch.ReportRefusal(AbuseKinds.StalledReader, peer, what);
        }
        else if (!Interlocked.Exchange(ref cut, true))
        {
            watch.ReportCut(AbuseKinds.StalledReader, peer, "It left one response after the other untaken, and its connection is closed.");
            lifetime?.Abort();
        }
    }

    /// <summary>
    /// Refuses a call, which shows that the connection has outlived its cancels: that is no proxy whose connection was lost with thousands of calls.
    /// </summary>
    /// <returns>False.</returns>
    public bool Refuse(HttpContext context)
    {
        int count = Interlocked.Increment(ref refused);
        if (count == 1)
        {
            watch.ReportCut(AbuseKinds.Cancels, peer, "Its connection cancelled calls faster than a connection may, and is closed.");
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }

        if (count <= Refusals && context.Features.Get<IHttpResetFeature>() is { } reset)
        {
            reset.Reset(EnhanceYourCalm);
        }
        else
        {
            lifetime?.Abort();
        }

        return false;
    }
}
