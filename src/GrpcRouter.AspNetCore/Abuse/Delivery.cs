using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter;

/// <summary>
/// A response that is complete for the router and not yet taken by its client: the server holds what is left of it, and would for ever. Belongs to a stream of the server,
/// which carries no other request before this one is completed.
/// </summary>
internal sealed class Delivery : DeadlineEntry
{
    private readonly Lock gate = new();
    private HttpContext? context;
    private ConnectionBudget? connection;
    private DeadlineWheel? timers;
    private long serial;

    public void Watch(HttpContext response, ConnectionBudget of, DeadlineWheel wheel, TimeSpan limit)
    {
        response.Response.OnCompleted(
            static state =>
            {
                ((Delivery)state).End();
                return Task.CompletedTask;
            },
            this);
        lock (gate)
        {
            (context, connection, timers) = (response, of, wheel);
            wheel.Add(this, limit, ++serial);
        }
    }

    /// <inheritdoc/>
    public override void OnDue(long token)
    {
        ConnectionBudget of;
        lock (gate)
        {
            if (token != serial || context is null)
            {
                return;
            }

            of = connection!;
            context.Abort();
            context = null;
        }

        of.OnStalled("It took nothing of a response that was complete, which was reset.");
    }

    private void End()
    {
        lock (gate)
        {
            timers?.Remove(this);
            (context, connection, timers) = (null, null, null);
        }
    }
}
