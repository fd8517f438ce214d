namespace GrpcRouter;

/// <summary>What becomes of a channel that wants to be in the list.</summary>
internal enum RegistryAnswer
{
    /// <summary>It is there.</summary>
    Added,

    /// <summary>The one there is newer: a late one must not take over.</summary>
    Newer,

    /// <summary>Another identity holds the instance id.</summary>
    Foreign,

    /// <summary>Its identity has as many as it may.</summary>
    Full,
}
