namespace GrpcRouter;

internal enum OutgoingKind
{
    /// <summary>No message data.</summary>
    Nothing,

    /// <summary>A whole message, as the typed payload.</summary>
    Whole,

    /// <summary>The first piece of a message, with its length.</summary>
    FirstFragment,

    /// <summary>A further piece.</summary>
    Fragment,
}
