using System.Net;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.Testing;

/// <summary>
/// A router on real Kestrel, on loopback, for tests. Its disposal fails the test when a call or a channel is left over, or when the
/// router logged an error. Dispose it after the bridges and channels that use it.
/// </summary>
public sealed class RouterTestHost : IAsyncDisposable
{
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(5);

    private readonly WebApplication app;
    private readonly RouterTestLog log;
    private readonly RouterTestHostOptions options;
    private bool disposed;

    private RouterTestHost(WebApplication app, ServiceRouter router, RouterTestLog log, RouterTestHostOptions options)
    {
        this.app = app;
        this.log = log;
        this.options = options;
        Router = router;
        Address = app.Urls.Single();
    }

    /// <summary>Where clients call and instances register, such as <c>http://127.0.0.1:40123</c>.</summary>
    public string Address { get; }

    /// <summary>The port of <see cref="Address"/>.</summary>
    public int Port => new Uri(Address).Port;

    /// <summary>The router of the service that the host was started with.</summary>
    public ServiceRouter Router { get; }

    /// <summary>What all services of the router share.</summary>
    public RouterHub Hub => Router.Hub;

    /// <summary>The application's services.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>The warnings and errors that were logged, in order.</summary>
    public IReadOnlyList<string> Log => log.Lines;

    /// <summary>Starts a router of one service.</summary>
    /// <typeparam name="TRouter">The generated router.</typeparam>
    /// <param name="options">What differs from the defaults.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<RouterTestHost> StartAsync<TRouter>(RouterTestHostOptions? options = null, CancellationToken cancellationToken = default)
        where TRouter : ServiceRouter, IServiceRouter<TRouter>
    {
        options ??= new RouterTestHostOptions();
        RouterTestLog log = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port, listen => options.Listen?.Invoke(listen)));
        builder.Services.AddGrpcRouter(router =>
        {
            router.DrainGrace = options.Patience;
            options.Router?.Invoke(router);
        });
        options.Builder?.Invoke(builder);

        WebApplication app = builder.Build();
        try
        {
            GrpcRouterEndpointConventionBuilder endpoints = app.MapGrpcRouter<TRouter>();
            options.Conventions?.Invoke(endpoints);
            options.Application?.Invoke(app);
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            return new RouterTestHost(app, app.Services.GetRequiredService<RouterHub>().GetRouter<TRouter>(), log, options);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes a client's channel to the router.</summary>
    /// <param name="channelOptions">How it connects and calls; the defaults when null.</param>
    public GrpcChannel CreateChannel(GrpcChannelOptions? channelOptions = null) => RouterChannel.ForAddress(Address, channelOptions);

    /// <summary>Waits until so many channels of the service take calls.</summary>
    /// <param name="count">How many.</param>
    /// <exception cref="TimeoutException">Fewer came within <see cref="RouterTestHostOptions.Patience"/>; the message lists them.</exception>
    public async Task WaitForInstancesAsync(int count)
    {
        using CancellationTokenSource patience = new(options.Patience, TimeProvider.System);
        try
        {
            await Router.WaitForInstancesAsync(count, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException canceled) when (patience.IsCancellationRequested)
        {
            throw new TimeoutException($"{count} instances of {Router.Service} did not register within {options.Patience}. {Describe()}", canceled);
        }
    }

    /// <summary>Waits until no call is under way.</summary>
    /// <exception cref="TimeoutException">A call is left after <see cref="RouterTestHostOptions.Patience"/>; the message counts them.</exception>
    public async Task WaitForIdleAsync()
    {
        if (!await BecomesAsync(NoCalls).ConfigureAwait(false))
        {
            throw new TimeoutException($"Calls are still under way after {options.Patience}. {Describe()}");
        }
    }

    /// <summary>Stops the router as its host would: instances are asked to drain, then connections close.</summary>
    /// <exception cref="InvalidOperationException">A call or a channel is left over, or an error was logged.</exception>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        bool idle = await BecomesAsync(NoCalls).ConfigureAwait(false);
        string before = Describe();
        await app.StopAsync().ConfigureAwait(false);
        bool closed = await BecomesAsync(() => NoCalls() && Hub.Routers.All(static router => router.OpenChannels == 0)).ConfigureAwait(false);
        string after = Describe();
        await app.DisposeAsync().ConfigureAwait(false);

        if (!idle)
        {
            throw new InvalidOperationException($"Calls were still under way {options.Patience} after the test. {before}");
        }

        if (!closed)
        {
            throw new InvalidOperationException($"The router has stopped, but not all of it is gone. {after}");
        }

        if (log.HasErrors && !options.AllowErrors)
        {
            throw new InvalidOperationException($"The router logged errors:{Environment.NewLine}{string.Join(Environment.NewLine, log.Lines)}");
        }
    }

    private bool NoCalls() => Hub.Routers.All(static router => router.ActiveCalls == 0 && router.Instances.All(static instance => instance.ActiveCalls == 0));

    private async Task<bool> BecomesAsync(Func<bool> condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > options.Patience)
            {
                return false;
            }

            await Task.Delay(Grain, TimeProvider.System).ConfigureAwait(false);
        }

        return true;
    }

    private string Describe() => string.Join(' ', Hub.Routers.Select(static router =>
        $"{router.Service}: {router.ActiveCalls} calls, {router.OpenChannels} channels{string.Concat(router.Instances.Select(static instance => $"; {instance}: {instance.ActiveCalls} calls"))}."));
}
