namespace GrpcRouter;

/// <summary>How registrations have gone since the router was made.</summary>
public sealed class RegistrationCounts
{
    private long registered;
    private long unauthenticated;
    private long denied;
    private long replayed;
    private long exhausted;
    private long takeovers;
    private long expired;
    private long revoked;

    /// <summary>Channels that were registered.</summary>
    public long Registered => Volatile.Read(ref registered);

    /// <summary>Registrations refused because nobody, or nobody credible, asked for them; <see cref="Replayed"/> among them.</summary>
    public long Unauthenticated => Volatile.Read(ref unauthenticated);

    /// <summary>Registrations refused because the identity may not have them; <see cref="TakeoversRefused"/> among them.</summary>
    public long Denied => Volatile.Read(ref denied);

    /// <summary>Tokens that came a second time.</summary>
    public long Replayed => Volatile.Read(ref replayed);

    /// <summary>Registrations refused because there were too many: attempts, instances, channels, or tokens to remember.</summary>
    public long Exhausted => Volatile.Read(ref exhausted);

    /// <summary>Registrations with an instance id that another identity held.</summary>
    public long TakeoversRefused => Volatile.Read(ref takeovers);

    /// <summary>Channels that were drained because their credential had expired.</summary>
    public long Expired => Volatile.Read(ref expired);

    /// <summary>Channels that were drained because a change of the options had taken their right away.</summary>
    public long Revoked => Volatile.Read(ref revoked);

    internal void CountRegistered() => Interlocked.Increment(ref registered);

    internal void CountReplay() => Interlocked.Increment(ref replayed);

    internal void CountTakeover() => Interlocked.Increment(ref takeovers);

    internal void CountExpired() => Interlocked.Increment(ref expired);

    internal void CountRevoked() => Interlocked.Increment(ref revoked);

    internal void Count(RegistrationRefusal refusal)
    {
        switch (refusal.Code)
        {
            case Grpc.Core.StatusCode.Unauthenticated:
                Interlocked.Increment(ref unauthenticated);
                break;
            case Grpc.Core.StatusCode.PermissionDenied:
                Interlocked.Increment(ref denied);
                break;
            case Grpc.Core.StatusCode.ResourceExhausted:
                Interlocked.Increment(ref exhausted);
                break;
        }
    }
}
