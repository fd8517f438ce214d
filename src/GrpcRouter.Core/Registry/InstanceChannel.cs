using System.IO.Pipelines;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>A registration channel: one stream of an instance, and the calls it carries.</summary>
public sealed partial class InstanceChannel : IFrameHandler
{
    private readonly ServiceRouter router;
    private readonly PipeReader reader;

    // What the instance is told when it registers counts for as long as the channel lives.
    private readonly RouterOptions options;
    private readonly KeepAlive keepAlive;
    private readonly FrameRates rates;
    private readonly long connectedAt;
    private readonly Lock endGate = new();
    private (ChannelErrorCode Code, string Message, StatusCode Status)? end;
    private volatile bool ended;
    private volatile bool cut;
    private RouterOptions keptAliveBy;
    private int state;

    internal InstanceChannel(ServiceRouter router, PipeReader reader, IFrameSink sink, ChannelPeer peer)
    {
        this.router = router;
        this.reader = reader;
        Peer = peer.Name;
        Identity = peer.Identity;
        options = router.Hub.Options;
        keptAliveBy = options;
        TimeProvider time = router.Hub.Time;
        connectedAt = time.GetTimestamp();

        keepAlive = new KeepAlive(PingAfter(options), Ticks(options.KeepAliveTimeout), connectedAt);
        rates = new FrameRates(options.Abuse, time);
        Output = new ChannelOutput(sink);
        Calls = new CallTable(options.MaxCallsPerChannel);
        Budget = new WindowBudget(options.ChannelWindowBudget, router.Hub.WindowBytes);
    }

    /// <summary>Names the instance. Empty until it has registered.</summary>
    public string InstanceId { get; private set; } = "";

    /// <summary>Which of the instance's parallel channels this is, from 0.</summary>
    public uint Stripe { get; private set; }

    /// <summary>Grows with every start of the instance.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>What the instance says of itself.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; private set; } = new Dictionary<string, string>();

    /// <summary>Share of the load in weighted balancing, 1 or more.</summary>
    public uint Weight { get; private set; } = 1;

    /// <summary>The instance's runtime and version, as it says.</summary>
    public string UserAgent { get; private set; } = "";

    /// <summary>The instance's address.</summary>
    public string Peer { get; }

    /// <summary>Who the instance has proved to be; null: nobody.</summary>
    public PeerIdentity? Identity { get; }

    /// <summary>The tenants whose calls it may serve, as granted when it registered; null: those of all tenants, and calls without one.</summary>
    public IReadOnlySet<string>? Tenants => Volatile.Read(ref tenants);

    /// <summary>Where the channel is in its life.</summary>
    public InstanceState State => (InstanceState)Volatile.Read(ref state);

    /// <summary>Calls under way, withdrawn ones that the instance has not ended among them.</summary>
    public int ActiveCalls => Calls.Count;

    /// <summary>The instance whose channel this is. Set with the registration.</summary>
    public ServiceInstance Instance { get; internal set; } = null!;

    /// <summary>Round trip of the last ping; zero until there was one.</summary>
    public TimeSpan RoundTrip => router.Hub.Time.GetElapsedTime(0, RoundTripTicks);

    /// <summary>It may serve the calls of a tenant; null: of callers that have none.</summary>
    internal bool Serves(string? tenant) => Tenants is not { } granted || (tenant is not null && granted.Contains(tenant));

    internal ChannelOutput Output { get; }

    internal CallTable Calls { get; }

    internal WindowBudget Budget { get; }

    /// <summary>Credit for responses that a call starts with.</summary>
    internal int ResponseWindow => options.CallWindow;

    /// <summary>What that credit may grow to.</summary>
    internal int MaxResponseWindow => options.MaxCallWindow;

    /// <summary>Credit for requests that a call starts with.</summary>
    internal int RequestWindow { get; private set; }

    /// <summary>What a start may take of a frame that carries a fragment too.</summary>
    internal int MaxStartLength { get; private set; }

    /// <summary>False from the moment the drain is acknowledged. Read and written with the output's lock held.</summary>
    internal bool AcceptsStarts { get; private set; }

    internal long RoundTripTicks { get; private set; }

    internal CallFailure Loss => new(
        (cut
            ? new RouterStatus(StatusCode.Unavailable, RouterReasons.Shutdown, "The router has shut down, and the call took longer than it waited.")
            : new RouterStatus(StatusCode.Unavailable, RouterReasons.InstanceLost, $"The instance of {router.Service.FullName} went away during the call."))
            .With(ReasonKeys.Service, router.Service.FullName)
            .With(ReasonKeys.Instance, InstanceId),
        CancelReason.Router,
        OfAttempt: !cut);

    /// <inheritdoc/>
    public override string ToString() => $"{router.Service.FullName} {InstanceId}/{Stripe} at {Peer}, {State}";

    /// <summary>Serves the channel until it ends, then ends its calls, each once.</summary>
    internal async Task<Status> RunAsync(CancellationToken cancellationToken)
    {
        ILogger log = router.Hub.Log;
        Status status = new(StatusCode.OK, "");

        // A channel that cannot be written to must not go on taking calls because it can still be read.
        _ = Output.Completion.ContinueWith(
            static (_, state) => ((PipeReader)state!).Wake(), reader, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        try
        {
            if (await AskApplicationAsync(cancellationToken).ConfigureAwait(false))
            {
                await FrameLoop.RunAsync(reader, options.MaxFrameSize, this, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (ProtocolViolationException violation)
        {
            AbuseWatch.Count(flooded ? AbuseKinds.FrameFlood : AbuseKinds.Violation);
            log.ChannelViolation(router.Service.FullName, InstanceId, Peer, violation.Message);
            SendError(ChannelErrorCode.Violation, violation.Message);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            log.ChannelLost(router.Service.FullName, InstanceId, Peer, error.Message);
        }
        finally
        {
            Close();
        }

        lock (endGate)
        {
            if (end is { } reason)
            {
                status = new Status(reason.Status, reason.Message);
            }
        }

        log.ChannelClosed(router.Service.FullName, InstanceId, Peer, status.Detail);
        AuditClose(status);
        Output.Complete();
        try
        {
            // What is left to say must not hold up the close of a peer that does not read.
            await Output.Completion.WaitAsync(router.Hub.Options.RegistrationTimeout, router.Hub.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or TimeoutException or InvalidOperationException)
        {
            log.ChannelUnflushed(router.Service.FullName, InstanceId, Peer, error.Message);
        }

        return status;
    }

    /// <summary>Ends the channel for a reason that the instance is told.</summary>
    /// <param name="code">The reason in the last frame.</param>
    /// <param name="message">For the instance and for operators.</param>
    /// <param name="status">The status of the stream; null: what goes with the code.</param>
    internal void End(ChannelErrorCode code, string message, StatusCode? status = null)
    {
        if (SendError(code, message, status))
        {
            reader.Wake();
        }
    }

    /// <summary>Tells the instance that no more calls start here; the channel ends with its last call.</summary>
    /// <param name="reason">For operators.</param>
    /// <param name="grace">Time after which the router ends the calls that still run; null when it does not.</param>
    /// <param name="drainer">Who leaves, for the clients of calls that end meanwhile: one of <see cref="Drainers"/>.</param>
    internal void BeginDrain(string reason, TimeSpan? grace = null, string drainer = Drainers.Router)
    {
        Drain drain = new() { Reason = reason };
        if (grace is { } limit)
        {
            drain.GraceUs = (ulong)Math.Max(0, limit.TotalMicroseconds);
        }

        drainReason = reason;
        AuditDrain(reason, drainer);
        bool registered = StopStarts(new RouterControl { Drain = drain }, drainer);
        if (!registered || Calls.Count == 0)
        {
            End(ChannelErrorCode.Shutdown, reason);
        }
        else
        {
            endsWhenIdle = true;

            // Whoever frees the last id looks at the flag after it has counted.
            Interlocked.MemoryBarrier();
            EndWhenIdle();
        }
    }

    /// <summary>Ends the channel and the calls on it: the router waits no longer.</summary>
    internal void Cut()
    {
        cut = true;
        End(ChannelErrorCode.Shutdown, "The router has shut down.");
    }

    internal void Tick(long now)
    {
        Output.ReleaseIfIdle();
        switch (State)
        {
            case InstanceState.Connecting when !deciding && router.Hub.Time.GetElapsedTime(connectedAt, now) > router.Hub.Options.RegistrationTimeout:
                EndUnregistered();
                break;
            case InstanceState.Ready or InstanceState.Draining:
                TickKeepAlive(now);
                TickAge(now);
                TickCredential();
                break;
        }
    }

    private void EndUnregistered()
    {
        const string Reason = "No Hello came in time.";
        if (SendError(ChannelErrorCode.Refused, Reason))
        {
            router.Hub.Abuse.ReportRefusal(AbuseKinds.SlowRegistration, Peer, Reason);
            reader.Wake();
        }
    }

    private void TickKeepAlive(long now)
    {
        RouterOptions current = router.Hub.Options;
        if (!ReferenceEquals(current, keptAliveBy))
        {
            keptAliveBy = current;
            keepAlive.Set(PingAfter(current), Ticks(current.KeepAliveTimeout));
        }

        switch (keepAlive.Tick(now))
        {
            case KeepAliveAction.Ping:
                SendPing(now);
                break;
            case KeepAliveAction.Dead:
                End(ChannelErrorCode.Keepalive, "The instance answered no ping in time.");
                break;
        }
    }

    private void Close()
    {
        Volatile.Write(ref state, (int)InstanceState.Closed);
        router.Registry.Remove(this);
        CallFailure loss = Loss;
        foreach ((ulong id, RoutedCall call) in Calls.Close())
        {
            call.OnChannelLost(this, id, loss);
        }
    }

    private bool SendError(ChannelErrorCode code, string message, StatusCode? status = null)
    {
        lock (endGate)
        {
            if (end is not null)
            {
                return false;
            }

            end = (code, message, status ?? StatusOf(code));
            ended = true;
        }

        // Behind everything else, and nothing behind it.
        Output.EnterControl();
        AcceptsStarts = false;
        WriteControl(Output.InOrder, new RouterControl { Error = new ChannelError { Code = code, Message = message } });
        Output.Complete();
        Output.Exit();
        return true;
    }

    private static StatusCode StatusOf(ChannelErrorCode code) => code switch
    {
        ChannelErrorCode.Refused or ChannelErrorCode.Version => StatusCode.FailedPrecondition,
        ChannelErrorCode.Replaced => StatusCode.Aborted,
        ChannelErrorCode.Overloaded => StatusCode.ResourceExhausted,
        ChannelErrorCode.Shutdown or ChannelErrorCode.Keepalive => StatusCode.Unavailable,
        _ => StatusCode.Internal,
    };

    // Each of both times may end as much as the grain late, so the ping goes out that much earlier: a dead peer is found in their sum.
    private long PingAfter(RouterOptions times) => Ticks(times.KeepAliveInterval - (2 * RouterHub.GrainOf(times)));

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * router.Hub.Time.TimestampFrequency);
}
