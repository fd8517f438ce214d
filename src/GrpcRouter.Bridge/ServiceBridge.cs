namespace GrpcRouter;

/// <summary>
/// Serves a gRPC service from behind a router: dials every router, registers, and runs the calls that come back over those streams.
/// It opens no port. Lost routers are dialed again for as long as the bridge runs.
/// </summary>
public abstract class ServiceBridge : IAsyncDisposable
{
    private readonly BridgeRuntime runtime;
    private readonly RouterSet routers;
    private readonly RouterWatch watch;
    private readonly TaskCompletionSource registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private bool started;
    private Task? stopped;

    /// <summary>Makes a bridge to one router.</summary>
    /// <param name="service">The service and its implementation.</param>
    /// <param name="router">Address of the router, such as <c>http://localhost:5000</c>; joins those of the options.</param>
    /// <param name="options">Settings; they are copied.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting cannot work.</exception>
    protected ServiceBridge(BoundService service, string router, BridgeOptions? options = null)
        : this(service, WithRouter(options, router), services: null)
    {
    }

    /// <summary>Makes a bridge to the routers of the options.</summary>
    /// <inheritdoc cref="ServiceBridge(BoundService, string, BridgeOptions?)"/>
    protected ServiceBridge(BoundService service, BridgeOptions options)
        : this(service, options, services: null)
    {
    }

    internal ServiceBridge(BoundService service, BridgeOptions options, IServiceProvider? services, BridgeCertificates? certificates = null)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(options);
        BridgeOptionsValidator.ThrowIfInvalid(options);
        runtime = new BridgeRuntime(service, options.Copy(), services, certificates);
        routers = new RouterSet(runtime) { OnRegistered = () => registered.TrySetResult(), OnLost = () => watch!.Hint() };
        watch = new RouterWatch(runtime, routers);
    }

    /// <summary>The service's full name, such as <c>greet.Greeter</c>.</summary>
    public string ServiceName => runtime.Service.FullName;

    /// <summary>At least one router has the instance registered now.</summary>
    public bool IsRegistered => routers.Dialers.Any(static dialer => dialer.IsRegistered);

    /// <summary>Calls that are running.</summary>
    public int LiveCalls => routers.Dialers.Sum(static dialer => dialer.LiveCalls);

    internal int LiveHandlers => routers.Dialers.Sum(static dialer => dialer.LiveHandlers);

    /// <summary>
    /// Starts dialing, and completes with the first registration: from then on calls arrive. A router that cannot be reached is no
    /// error; the bridge goes on dialing, also after <paramref name="cancellationToken"/> has ended the wait.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait, not the bridge.</param>
    /// <exception cref="OperationCanceledException">The token fired before a router accepted the registration.</exception>
    /// <exception cref="InvalidOperationException">The bridge has been started before.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        Start();
        return WaitForRegisteredAsync(cancellationToken);
    }

    /// <summary>Completes when some router has accepted the registration for the first time.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token fired, or the bridge was stopped, before.</exception>
    public Task WaitForRegisteredAsync(CancellationToken cancellationToken = default) => registered.Task.WaitAsync(cancellationToken);

    /// <summary>
    /// Tells the routers how the instance does, at once. One that is not serving gets calls only where no other instance is left. Until it is called the
    /// instance counts as serving. In a host with health checks, their results are told instead.
    /// </summary>
    /// <param name="status">What it is fit for from now on.</param>
    /// <param name="reason">Why, for operators; null: nothing to say.</param>
    public void SetHealth(ServingStatus status, string? reason = null)
    {
        if (!Enum.IsDefined(status))
        {
            throw new ArgumentOutOfRangeException(nameof(status), status, "There is no such status.");
        }

        runtime.Load.SetHealth(status, reason ?? "");
    }

    /// <summary>
    /// Leaves the routers in order: notice, if there is to be one (<see cref="BridgeOptions.DrainNotice"/>), no new calls, time for the running ones
    /// (<see cref="BridgeOptions.StopGrace"/>), UNAVAILABLE for those that remain. Handlers learn that it begins by
    /// <see cref="ServerCallContextExtensions.GetDrainToken"/>, and that it is over by their cancellation token.
    /// </summary>
    /// <param name="cancellationToken">Cuts notice and time for running calls short.</param>
    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            started = true;
            return stopped ??= StopOnceAsync(cancellationToken);
        }
    }

    /// <summary>Stops the bridge as <see cref="StopAsync"/> does.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts dialing without waiting for anything.</summary>
    internal void Start()
    {
        lock (gate)
        {
            if (started)
            {
                throw new InvalidOperationException("A bridge is started once; make another one to serve again.");
            }

            started = true;
        }

        runtime.Load.Start();
        watch.Start();
    }

    private static BridgeOptions WithRouter(BridgeOptions? options, string router)
    {
        ArgumentException.ThrowIfNullOrEmpty(router);
        BridgeOptions copy = options?.Copy() ?? new BridgeOptions();
        if (!copy.Routers.Contains(router))
        {
            copy.Routers.Add(router);
        }

        return copy;
    }

    private async Task StopOnceAsync(CancellationToken hurry)
    {
        BridgeOptions options = runtime.Options;
        long begun = runtime.Time.GetTimestamp();
        if (options.DrainNotice > TimeSpan.Zero && IsRegistered)
        {
            runtime.Load.SetLeaving();
            await Task.Delay(options.DrainNotice, runtime.Time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        TimeSpan left = options.StopGrace - runtime.Time.GetElapsedTime(begun);
        left = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        await watch.StopAsync().ConfigureAwait(false);
        await routers.StopAsync(left, hurry).ConfigureAwait(false);
        runtime.Load.Dispose();
        if (runtime.OwnsCertificates)
        {
            runtime.Certificates.Dispose();
        }

        registered.TrySetCanceled(CancellationToken.None);
    }
}
