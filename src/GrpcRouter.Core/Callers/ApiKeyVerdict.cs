namespace GrpcRouter;

/// <summary>What a token is worth.</summary>
internal enum ApiKeyVerdict
{
    /// <summary>No key has such a secret.</summary>
    Unknown,

    /// <summary>It lets its caller in.</summary>
    Good,

    /// <summary>The key was taken out of use.</summary>
    Disabled,

    /// <summary>The key's time is over.</summary>
    Expired,

    /// <summary>The key's time has not come.</summary>
    NotYet,
}
