namespace GrpcRouter.Chaos;

/// <summary>How the client means a call to end.</summary>
internal enum CallEnd
{
    /// <summary>With the answer.</summary>
    Complete,

    /// <summary>By cancelling it.</summary>
    Cancel,

    /// <summary>By a deadline that may be too short.</summary>
    Deadline,
}
