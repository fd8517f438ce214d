namespace GrpcRouter.Protocol;

/// <summary>Something in the <see cref="DeadlineWheel"/>; embedded in its owner, so that arming allocates nothing.</summary>
public abstract class DeadlineEntry
{
    internal DeadlineEntry? Previous;
    internal DeadlineEntry? Next;
    internal int Slot = -1;
    internal long DueTick;
    internal long Token;

    /// <summary>The time has come. Called on a timer thread without locks.</summary>
    /// <param name="token">What the entry was added with: by now it may have been removed, and added for something else.</param>
    public abstract void OnDue(long token);
}
