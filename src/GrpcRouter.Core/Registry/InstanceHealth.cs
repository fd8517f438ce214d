namespace GrpcRouter;

/// <summary>How an instance says that it does.</summary>
public enum InstanceHealth
{
    /// <summary>It serves.</summary>
    Serving,

    /// <summary>It is picked only where no other is left.</summary>
    NotServing,

    /// <summary>It is about to leave: as <see cref="NotServing"/>, but sessions that are pinned to it go on.</summary>
    Draining,
}
