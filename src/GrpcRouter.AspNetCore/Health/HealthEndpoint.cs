using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter;

/// <summary>Answers <c>grpc.health.v1.Health</c> (gRPC health checking protocol).</summary>
internal sealed class HealthEndpoint(RouterHub hub, TimeProvider time)
{
    // As many entries as the servers of other languages list; the protocol asks for an error beyond some number.
    private const int MaxListed = 100;

    // Timers take some 49 days.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(30);

    private static readonly RouterStatus ShuttingDown = new(StatusCode.Unavailable, RouterReasons.Shutdown, "The router is shutting down.");

    private readonly RouterHealth health = new(hub);

    /// <summary>The path of the service.</summary>
    public const string Path = "/grpc.health.v1.Health/";

    /// <summary>The methods by name.</summary>
    public IEnumerable<KeyValuePair<string, RequestDelegate>> Methods =>
    [
        new("Check", context => HandleAsync(context, "Check", CheckAsync)),
        new("List", context => HandleAsync(context, "List", ListAsync)),
        new("Watch", context => HandleAsync(context, "Watch", WatchAsync)),
    ];

    private async Task HandleAsync(HttpContext context, string method, Func<SmallCall, string, CancellationToken, Task> answer)
    {
        if (!GrpcRequest.TryAccept(context))
        {
            return;
        }

        // Routing ignores case and normalises.
        if (GrpcRequest.RawPath(context) != Path + method)
        {
            await UnknownEndpoint.HandleAsync(context).ConfigureAwait(false);
            return;
        }

        GrpcRequest.LiftLimits(context);
        SmallCall call = new(context);
        if (!TryGetTimeout(context, out TimeSpan timeout))
        {
            call.End(new RouterStatus(StatusCode.Internal, RouterReasons.BadTimeout, "The grpc-timeout header is not up to eight digits and a unit."));
            return;
        }

        using CancellationTokenSource deadline = new(timeout, time);
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, deadline.Token);
        try
        {
            if (await call.ReadAsync(over.Token).ConfigureAwait(false) is { } request)
            {
                await answer(call, HealthMessages.ReadService(request), over.Token).ConfigureAwait(false);
            }
        }
        catch (InvalidProtocolBufferException)
        {
            call.End(new RouterStatus(StatusCode.Internal, RouterReasons.BadRequest, "The request cannot be read."));
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            call.End(new RouterStatus(StatusCode.DeadlineExceeded, RouterReasons.DeadlineExceeded, "The deadline passed at the router."));
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // Nobody is left to answer.
        }
    }

    private async Task CheckAsync(SmallCall call, string service, CancellationToken cancellationToken)
    {
        ServiceHealth state = health.Of(service);
        if (state == ServiceHealth.Unknown)
        {
            call.End(new RouterStatus(StatusCode.NotFound, RouterReasons.UnknownService, "The router has no such service."));
            return;
        }

        await call.WriteAsync(message => HealthMessages.Write(message, state), cancellationToken).ConfigureAwait(false);
        call.End();
    }

    private async Task ListAsync(SmallCall call, string service, CancellationToken cancellationToken)
    {
        List<ServiceRouter> services = [.. health.Services];
        if (services.Count + 1 > MaxListed)
        {
            call.End(new RouterStatus(StatusCode.ResourceExhausted, RouterReasons.TooManyServices, $"The router has more services than the {MaxListed} that a list may have; ask for each."));
            return;
        }

        await call.WriteAsync(
            message =>
            {
                HealthMessages.WriteEntry(message, "", health.OfRouter);
                services.ForEach(router => HealthMessages.WriteEntry(message, router.Service.FullName, health.Of(router)));
            },
            cancellationToken).ConfigureAwait(false);
        call.End();
    }

    private async Task WatchAsync(SmallCall call, string service, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, hub.StoppingToken);
        using CancellationTokenSource drain = CancellationTokenSource.CreateLinkedTokenSource(end.Token, hub.DrainingToken);
        ServiceHealth? sent = null;
        while (true)
        {
            // What may change is read before what it changes, so that no change is missed.
            bool draining = hub.Draining;
            bool stopping = hub.Stopping;
            Task changed = health.Changed(service);
            ServiceHealth state = health.Of(service);
            if (state != sent)
            {
                sent = state;
                await call.WriteAsync(message => HealthMessages.Write(message, state), cancellationToken).ConfigureAwait(false);
            }

            if (stopping)
            {
                call.End(ShuttingDown);
                return;
            }

            await changed.WaitAsync(draining ? end.Token : drain.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static bool TryGetTimeout(HttpContext context, out TimeSpan timeout)
    {
        timeout = Timeout.InfiniteTimeSpan;
        if (context.Request.Headers.GrpcTimeout is not { Count: > 0 } values)
        {
            return true;
        }

        if (!GrpcTimeout.TryParse(values.ToString(), out TimeSpan asked))
        {
            return false;
        }

        timeout = asked < LongestTimeout ? asked : Timeout.InfiniteTimeSpan;
        return true;
    }
}
