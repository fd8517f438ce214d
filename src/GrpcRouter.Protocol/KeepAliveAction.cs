namespace GrpcRouter.Protocol;

/// <summary>What <see cref="KeepAlive"/> asks for.</summary>
public enum KeepAliveAction
{
    /// <summary>Nothing is due.</summary>
    None,

    /// <summary>Send a ping.</summary>
    Ping,

    /// <summary>The peer answered nothing in time: end the channel.</summary>
    Dead,
}
