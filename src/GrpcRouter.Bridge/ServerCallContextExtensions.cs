using Grpc.Core;

namespace GrpcRouter;

/// <summary>What a handler may ask of its call when a bridge serves it.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>
    /// Gives a token that fires when what the call runs on begins to leave: the bridge stops (after <see cref="BridgeOptions.DrainNotice"/>), the router drains the
    /// channel, or another channel has taken over. The call goes on, when the bridge stops for what is left of <see cref="BridgeOptions.StopGrace"/>, so a handler of a
    /// long stream uses it to come to an end of its own. Its client then finds the trailer <c>grpcrouter-drain</c>, and may open the stream again at once. The call's own
    /// token fires when the time is over.
    /// </summary>
    /// <param name="context">The handler's context, or one around it that hands on its <see cref="ServerCallContext.UserState"/>.</param>
    /// <returns>The token; <see cref="CancellationToken.None"/> when no bridge serves the call.</returns>
    public static CancellationToken GetDrainToken(this ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return CallContext.Find(context)?.DrainToken ?? CancellationToken.None;
    }

    /// <summary>Says who calls, as the router has made sure. Clients cannot forge it: the router takes away what they send under its key.</summary>
    /// <param name="context">The handler's context, or one around it that hands on its <see cref="ServerCallContext.UserState"/>.</param>
    /// <returns>Null when the caller has proved nothing, or no bridge serves the call.</returns>
    public static CallerIdentity? GetCaller(this ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return CallContext.Find(context)?.Opening.ReadCaller();
    }

    /// <summary>Says for which tenant the call is, as the router has made sure.</summary>
    /// <param name="context">The handler's context, or one around it that hands on its <see cref="ServerCallContext.UserState"/>.</param>
    /// <returns>Null when it is for none in particular, or no bridge serves the call.</returns>
    public static string? GetTenant(this ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return CallContext.Find(context)?.Opening.ReadTenant();
    }
}
