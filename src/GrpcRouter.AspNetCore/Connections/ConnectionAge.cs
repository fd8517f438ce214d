using Microsoft.AspNetCore.Connections.Features;

namespace GrpcRouter;

/// <summary>The age of one connection: at its end the client is told to take another, and after a grace the connection is cut.</summary>
internal sealed class ConnectionAge : IDisposable
{
    private readonly IConnectionLifetimeNotificationFeature notification;
    private readonly IConnectionLifetimeFeature lifetime;
    private readonly TimeSpan? grace;
    private readonly ITimer timer;
    private bool closing;

    public ConnectionAge(TimeSpan age, TimeSpan? grace, IConnectionLifetimeNotificationFeature notification, IConnectionLifetimeFeature lifetime, TimeProvider time)
    {
        this.grace = grace;
        this.notification = notification;
        this.lifetime = lifetime;
        timer = time.CreateTimer(static state => ((ConnectionAge)state!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(age, Timeout.InfiniteTimeSpan);
        lifetime.ConnectionClosed.UnsafeRegister(static state => ((ConnectionAge)state!).Dispose(), this);
    }

    public void Dispose() => timer.Dispose();

    private void OnDue()
    {
        if (closing)
        {
            lifetime.Abort();
            return;
        }

        closing = true;
        notification.RequestClose();
        if (grace is { } time)
        {
            timer.Change(time, Timeout.InfiniteTimeSpan);
        }
    }
}
