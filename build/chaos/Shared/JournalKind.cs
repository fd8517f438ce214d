namespace GrpcRouter.Chaos;

internal enum JournalKind
{
    /// <summary>A handler was started.</summary>
    Started,

    /// <summary>A handler is about to return, or to throw.</summary>
    Ended,

    /// <summary>A handler got what it must not get.</summary>
    Broken,
}
