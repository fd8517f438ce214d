namespace GrpcRouter;

/// <summary>From when on a changed option counts, when the configuration is reloaded.</summary>
public enum ReloadEffect
{
    /// <summary>For calls that begin after it. Those under way keep what they began with.</summary>
    NewCalls,

    /// <summary>For registration channels and connections that begin after it.</summary>
    NewChannels,

    /// <summary>At once, for all that is there.</summary>
    AtOnce,

    /// <summary>When the router is started again. Until then the old value counts, and the log says so.</summary>
    Restart,
}
