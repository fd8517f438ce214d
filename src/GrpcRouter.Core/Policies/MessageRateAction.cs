namespace GrpcRouter;

/// <summary>What happens to messages of a stream that come faster than they may.</summary>
public enum MessageRateAction
{
    /// <summary>They wait. The router reads no further meanwhile, so flow control holds their sender back.</summary>
    Throttle,

    /// <summary>The call ends RESOURCE_EXHAUSTED with the reason MESSAGE_RATE.</summary>
    Refuse,
}
