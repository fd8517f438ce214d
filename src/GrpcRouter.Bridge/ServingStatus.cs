namespace GrpcRouter;

/// <summary>What an instance is fit for.</summary>
public enum ServingStatus
{
    /// <summary>It takes calls.</summary>
    Serving,

    /// <summary>It is to be picked only where no other instance is left.</summary>
    NotServing,

    /// <summary>It is about to leave: as <see cref="NotServing"/>, but sessions that are pinned to it may go on.</summary>
    Draining,
}
