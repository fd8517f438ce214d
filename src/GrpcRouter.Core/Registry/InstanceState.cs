namespace GrpcRouter;

/// <summary>Where a channel is in its life.</summary>
public enum InstanceState
{
    /// <summary>Connected; has not said Hello.</summary>
    Connecting,

    /// <summary>Registered and taking calls.</summary>
    Ready,

    /// <summary>Takes no new calls; running ones may end.</summary>
    Draining,

    /// <summary>Gone.</summary>
    Closed,
}
