using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>One registration stream to one router, from the dial to its end, with the calls on it.</summary>
internal sealed partial class RegistrationChannel : IFrameHandler
{
    // What a frame may hold beside its metadata.
    private const int FrameReserve = 8 * 1024;

    private static readonly ChannelEnd Withdrawn = new(ChannelEndKind.Stopped, "the bridge stopped");

    private readonly CallSlots calls = new();
    private readonly CallPool pool = new();
    private readonly PushContent content = new();
    private readonly CancellationTokenSource lifetime = new();
    private readonly TaskCompletionSource registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource renewRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource drainRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource drainAcknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource endsSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChannelOutput output;
    private readonly CallStarter starter;
    private readonly WindowBudget budget;
    private readonly CancellationTokenSource drainSignal = new();
    private readonly RouterTarget router;
    private readonly int stripe;
    private readonly bool renews;
    private Registered? answer;
    private ChannelPulse? pulse;
    private ChannelEnd? end;
    private long registeredAt;
    private long helloVersion;
    private int handlers;
    private int pendingEnds;
    private volatile bool drainSent;
    private volatile bool draining;
    private volatile bool leaving;

    public RegistrationChannel(BridgeRuntime bridge, RouterTarget router, int stripe, bool renews)
    {
        Bridge = bridge;
        this.router = router;
        this.stripe = stripe;
        this.renews = renews;
        output = new ChannelOutput(new RequestStreamSink(content));
        starter = new CallStarter(output);
        budget = new WindowBudget(bridge.Options.WindowBudget);
    }

    public BridgeRuntime Bridge { get; }

    /// <summary>The certificates it was dialed with.</summary>
    public DialTerms Terms { get; private set; } = DialTerms.None;

    /// <summary>Completes when the router has accepted the registration.</summary>
    public Task Registered => registered.Task;

    public bool IsRegistered => registered.Task.IsCompletedSuccessfully;

    /// <summary>Completes with the end of the channel. Does not fail.</summary>
    public Task<ChannelEnd> Served { get; private set; } = null!;

    /// <summary>The router drains this channel when another one takes over from it.</summary>
    public bool CanRenew { get; private set; }

    /// <summary>Completes when the router asks for a channel that takes over.</summary>
    public Task RenewRequested => renewRequested.Task;

    /// <summary>The instance has said that it leaves this channel.</summary>
    public bool HasLeft => drainSent;

    /// <summary>Completes when the router starts no more calls here because the instance asked for it.</summary>
    public Task DrainAcknowledged => drainAcknowledged.Task;

    /// <summary>The router has accepted the registration, and the channel has not ended since.</summary>
    public bool IsServing => registered.Task.IsCompletedSuccessfully && !closed.Task.IsCompleted;

    /// <summary>Completes when the router will start no more calls here and wants the instance to dial anew.</summary>
    public Task DrainRequested => drainRequested.Task;

    /// <summary>Largest metadata that the router takes and the bridge sends, in bytes.</summary>
    public int MetadataLimit { get; private set; }

    /// <summary>Largest message that the router takes, in bytes.</summary>
    public long MessageLimit { get; private set; } = long.MaxValue;

    /// <summary>Time since the registration; zero before it.</summary>
    public TimeSpan Lived => answer is null ? TimeSpan.Zero : Bridge.Time.GetElapsedTime(registeredAt);

    /// <summary>Fires when the channel drains, whoever wants it.</summary>
    public CancellationToken DrainToken => drainSignal.Token;

    /// <summary>The calls that have ended here since it was last read.</summary>
    public CallCounter Counter { get; } = new();

    public int LiveCalls => calls.Count;

    public int LiveHandlers => Volatile.Read(ref handlers);

    /// <summary>Dials, registers and serves until the channel ends.</summary>
    /// <param name="dialing">Withdraws the dial; without effect once registered.</param>
    public void Open(CancellationToken dialing) => Served = RunAsync(dialing);

    public ReceiveWindow NewReceiveWindow() => new(Bridge.Options.CallWindow, Bridge.Options.MaxCallWindow, budget);

    public ResponseOutput NewOutput(InboundCall call) => new(call, output, answer!.InitialWindow);

    public long Consume(ReceiveWindow window, int cost) => window.Consume(cost, Bridge.Time.GetTimestamp(), pulse!.RoundTrip);

    public void SendReport(LoadReport report) => ControlFrames.Send(output, new InstanceControl { LoadReport = report });

    public void SendCredit(InboundCall call, long credit)
    {
        FrameBuffer buffer = output.EnterControl();
        if (!call.HasEnded)
        {
            int mark = buffer.BeginFrame(call.Id);
            buffer.WriteVarint(FrameField.Credit, (ulong)credit);
            buffer.EndFrame(mark);
        }

        output.Exit();
    }

    public void SendEnd(InboundCall call, CallEnding ending) => SendEnd(call.Id, call.Output, ending);

    /// <summary>An end that had no message to travel with is with the output.</summary>
    public void OnEndSent()
    {
        Interlocked.Decrement(ref pendingEnds);
        SignalIfIdle();
    }

    /// <summary>The call's end is about to be sent: its id is free as soon as the router has it.</summary>
    public void Forget(InboundCall call)
    {
        calls.Remove(call);
        SignalIfIdle();
    }

    /// <summary>Nobody but the channel's reader can reach the call any more.</summary>
    public void Reuse(InboundCall call) => pool.Return(call);

    public void OnHandlerDone()
    {
        Interlocked.Decrement(ref handlers);
        SignalIfIdle();
    }

    private async Task<ChannelEnd> RunAsync(CancellationToken dialing)
    {
        _ = output.Completion.ContinueWith(
            static (_, channel) => ((RegistrationChannel)channel!).lifetime.Cancel(),
            this,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
        try
        {
            if (router.UsesTls)
            {
                Terms = await Bridge.Certificates.GetAsync(dialing).ConfigureAwait(false);
                if (Bridge.Options.Tls.DangerousAcceptAnyServerCertificate)
                {
                    BridgeLog.AnyRouterTaken(Bridge.Log, router, Bridge.Service.FullName);
                }
            }

            using HttpMessageInvoker invoker = RouterConnection.CreateInvoker(Bridge.Options, Terms);
            using HttpRequestMessage request = RouterConnection.CreateRequest(router, router.UsesTls ? Bridge.Options.Tls.ServerName : null, Bridge.Service.RegisterPath, content);
            end = await ServeAsync(invoker, request, dialing).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Exception cause = error is OperationCanceledException ? output.Completion.Exception?.InnerException ?? error : error;
            end ??= dialing.IsCancellationRequested && !IsRegistered ? Withdrawn
                : Terms.Answer.HungUp ? ChannelEnds.FromHangUp(cause) : ChannelEnds.FromException(cause);
        }
        finally
        {
            Close();
        }

        return end;
    }

    private async Task<ChannelEnd> ServeAsync(HttpMessageInvoker invoker, HttpRequestMessage request, CancellationToken dialing)
    {
        using CancellationTokenSource timeout = new(Bridge.Options.ConnectTimeout * 2, Bridge.Time);
        await using CancellationTokenRegistration onTimeout = timeout.Token.UnsafeRegister(EndUnlessRegistered, new ChannelEnd(
            ChannelEndKind.Lost, "the router did not answer the registration in time"));
        await using CancellationTokenRegistration onWithdrawn = dialing.UnsafeRegister(EndUnlessRegistered, Withdrawn);
        if (Bridge.Options.RegistrationToken is { } provide)
        {
            request.Headers.Authorization = RegistrationBearer.Of(
                await provide(new RegistrationTokenRequest(Bridge.Service.FullName, Bridge.Options.InstanceId, router.Address), lifetime.Token).ConfigureAwait(false));
        }

        if (Bridge.Options.PrepareRegistration is { } prepare)
        {
            await prepare(request, lifetime.Token).ConfigureAwait(false);
        }

        LoadReport? load = Bridge.Load.ForHello(out helloVersion);
        ControlFrames.Send(output, RegistrationHello.Create(Bridge, stripe, renews, load));
        using HttpResponseMessage response = await invoker.SendAsync(request, lifetime.Token).ConfigureAwait(false);
        if (ChannelEnds.FromResponse(response) is { } refusal)
        {
            return refusal;
        }

        Stream body = await response.Content.ReadAsStreamAsync(lifetime.Token).ConfigureAwait(false);
        try
        {
            await new FrameReader(body, RegistrationHello.MaxFrameSize, this, starter, lifetime.Token).RunAsync().ConfigureAwait(false);
            return end ?? ChannelEnds.FromStatus(response.TrailingHeaders);
        }
        catch (ProtocolViolationException violation)
        {
            await SendViolationAsync(violation, body).ConfigureAwait(false);
            throw;
        }
    }

    private void EndUnlessRegistered(object? reason)
    {
        if (!registered.Task.IsCompleted)
        {
            EndNow((ChannelEnd)reason!);
        }
    }

    private void EndNow(ChannelEnd reason)
    {
        Interlocked.CompareExchange(ref end, reason, null);
        lifetime.Cancel();
    }

    private void SendEnd(ulong callId, ResponseOutput? response, CallEnding ending)
    {
        Interlocked.Increment(ref pendingEnds);
        new EndOutput(callId, response, this, output, ending).Execute();
    }

    private void Close()
    {
        lifetime.Cancel();
        pulse?.Dispose();
        Bridge.Load.Detach(this);
        foreach (InboundCall call in calls.ToList())
        {
            call.Drop("The channel to the router is lost.");
        }

        output.Complete();
        content.Close();
        drainAcknowledged.TrySetResult();
        registered.TrySetCanceled();
        closed.TrySetResult();
    }
}
