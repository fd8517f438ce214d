using System.IO.Pipelines;
using System.Net;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// One attempt of a hedged call, which it takes for its client: it brings what the client has brought, and what it answers reaches the client from the moment on
/// that the attempt has won.
/// </summary>
internal sealed class AttemptLeg(HedgedCall call, int ordinal) : ClientLeg
{
    private readonly DiscardingWriter discarded = new();
    private ClientLeg client = null!;
    private string? drainer;
    private bool readsRequest;
    private bool won;

    /// <summary>Attempts that were begun before.</summary>
    public int Ordinal => ordinal;

    /// <summary>Where the call's route leads.</summary>
    public PickTarget Target { get; private set; } = null!;

    /// <summary>What said so.</summary>
    public MethodRoutes Routes { get; private set; } = null!;

    /// <summary>When the call ends, as a timestamp; null: it may take any time.</summary>
    public long? DeadlineAt { get; private set; }

    /// <summary>It has an instance, or had one.</summary>
    public bool Placed { get; set; }

    /// <summary>It has said how it ended.</summary>
    public bool Ended { get; set; }

    /// <summary>Nothing of it is running any more.</summary>
    public bool Over { get; set; }

    /// <summary>It was told to end.</summary>
    public bool Told { get; set; }

    /// <summary>It counts against the budget of retries.</summary>
    public bool Budgeted { get; set; }

    /// <inheritdoc/>
    public override PipeReader RequestBody => client.RequestBody;

    /// <inheritdoc/>
    public override PipeWriter ResponseBody => Volatile.Read(ref won) ? client.ResponseBody : discarded;

    /// <inheritdoc/>
    public override PeerIdentity? Identity => client.Identity;

    /// <inheritdoc/>
    public override string? Tenant => client.Tenant;

    /// <inheritdoc/>
    public override IPAddress? Address => client.Address;

    /// <inheritdoc/>
    public override string? TimeoutHeader => client.TimeoutHeader;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Start => client.Start;

    /// <summary>Makes ready for an attempt.</summary>
    /// <param name="callClient">The client.</param>
    /// <param name="target">See <see cref="Target"/>.</param>
    /// <param name="routes">See <see cref="Routes"/>.</param>
    /// <param name="deadlineAt">See <see cref="DeadlineAt"/>.</param>
    /// <param name="direct">It reads the request itself.</param>
    public void Reset(ClientLeg callClient, PickTarget target, MethodRoutes routes, long? deadlineAt, bool direct)
    {
        readsRequest = direct;
        client = callClient;
        Target = target;
        Routes = routes;
        DeadlineAt = deadlineAt;
        drainer = null;
        won = Placed = Ended = Over = Told = Budgeted = false;
    }

    /// <summary>From now on it writes to the client.</summary>
    public void Win() => Volatile.Write(ref won, true);

    /// <summary>An instance was picked for it.</summary>
    public void OnPicked(ServiceInstance instance) => call.OnPicked(this, instance);

    /// <inheritdoc cref="HedgedCall.HasTried"/>
    public bool HasTried(ServiceInstance instance) => call.HasTried(instance);

    /// <inheritdoc/>
    public override int PrepareStart() => throw new NotSupportedException("The hedged call has prepared the start for all of its attempts.");

    /// <inheritdoc/>
    public override string? GetHeader(string key) => client.GetHeader(key);

    /// <inheritdoc/>
    public override void SetHeaders(ReadOnlySpan<byte> headers)
    {
        if (call.TryWin(this))
        {
            client.SetHeaders(headers);
        }
    }

    /// <inheritdoc/>
    public override void SetSession(string token)
    {
        if (Volatile.Read(ref won))
        {
            client.SetSession(token);
        }
    }

    /// <inheritdoc/>
    public override void SetDrain(string drainer) => this.drainer = drainer;

    /// <inheritdoc/>
    public override void SetEnd(in CallEndFields end, ReadOnlySpan<byte> message)
    {
        if (call.TryEnd(this, end.Code, RetryPushback.Of(message)))
        {
            TellDrain();
            client.SetEnd(end, message);
        }
    }

    /// <inheritdoc/>
    public override void SetEnd(in RouterStatus status)
    {
        RouterStatus told = status;
        if (call.TryEnd(this, ref told))
        {
            TellDrain();
            client.SetEnd(told);
        }
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        if (call.TryWin(this))
        {
            client.Abort();
        }
    }

    /// <inheritdoc/>
    public override void WatchDelivery(DeadlineWheel timers, TimeSpan limit)
    {
        if (Volatile.Read(ref won))
        {
            client.WatchDelivery(timers, limit);
        }
    }

    /// <inheritdoc/>
    public override void OnStalled(AbuseWatch watch, string what) => client.OnStalled(watch, what);

    internal override void WakeRequests()
    {
        if (readsRequest)
        {
            client.WakeRequests();
        }
    }

    /// <inheritdoc/>
    protected override void StartWatching()
    {
    }

    /// <inheritdoc/>
    protected override void StopWatching()
    {
    }

    private void TellDrain()
    {
        if (drainer is not null)
        {
            client.SetDrain(drainer);
        }
    }
}
