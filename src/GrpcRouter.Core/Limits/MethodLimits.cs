namespace GrpcRouter;

/// <summary>What bounds the calls of a method: the options of all scopes, put together once. A call keeps what it started with.</summary>
internal sealed class MethodLimits
{
    /// <summary>Rules for callers; null: none.</summary>
    public MethodRate[]? Rates { get; init; }

    /// <summary>Rules for instances; null: none.</summary>
    public MethodRate[]? InstanceRates { get; init; }

    /// <summary>Largest request message, in bytes.</summary>
    public required int MaxRequestMessage { get; init; }

    /// <summary>Largest response message, in bytes.</summary>
    public required int MaxResponseMessage { get; init; }

    /// <summary>How fast messages of a request stream may come; null: as they come.</summary>
    public MessagePace? RequestPace { get; init; }

    /// <summary>How fast messages of a response stream may come; null: as they come.</summary>
    public MessagePace? ResponsePace { get; init; }

    /// <summary>Lets a call in by all rules for callers, or by none.</summary>
    /// <param name="leg">The client.</param>
    /// <param name="time">The router's clock.</param>
    /// <param name="held">Takes where it is counted.</param>
    /// <param name="refusal">Why not.</param>
    public bool TryAdmit(ClientLeg leg, TimeProvider time, ref HeldPermits held, out RouterStatus refusal)
    {
        refusal = default;
        if (Rates is null)
        {
            return true;
        }

        long now = time.GetTimestamp();
        foreach (MethodRate rate in Rates)
        {
            if (!rate.TryAcquire(leg, now, ref held, out long wait))
            {
                held.GiveBack();
                refusal = rate.Refuse(time.GetElapsedTime(0, wait));
                return false;
            }
        }

        return true;
    }

    /// <summary>Lets an attempt go to an instance by all rules for instances, or by none.</summary>
    /// <param name="leg">The client.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="now">A timestamp of the router's clock.</param>
    /// <param name="held">Takes where it is counted; empty before.</param>
    /// <param name="full">The rule that it is over.</param>
    /// <param name="wait">Until another may go there, on the same clock; 0 when nobody knows.</param>
    public bool TryPlace(ClientLeg leg, ServiceInstance instance, long now, ref HeldPermits held, out MethodRate? full, out long wait)
    {
        wait = 0;
        foreach (MethodRate rate in InstanceRates!)
        {
            if (!rate.TryAcquire(leg, instance, now, ref held, out wait))
            {
                held.GiveBack();
                full = rate;
                return false;
            }
        }

        full = null;
        return true;
    }
}
