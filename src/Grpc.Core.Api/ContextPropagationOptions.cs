namespace Grpc.Core;

/// <summary>What a propagation token carries from a served call to a call made for it.</summary>
public class ContextPropagationOptions
{
    /// <summary>Deadline and cancellation are both carried.</summary>
    public static readonly ContextPropagationOptions Default = new();

    /// <summary>Creates options.</summary>
    /// <param name="propagateDeadline">Whether the deadline is carried; true by default.</param>
    /// <param name="propagateCancellation">Whether cancellation is carried; true by default.</param>
    public ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
    {
        IsPropagateDeadline = propagateDeadline;
        IsPropagateCancellation = propagateCancellation;
    }

    /// <summary>Whether the deadline is carried.</summary>
    public bool IsPropagateDeadline { get; }

    /// <summary>Whether cancellation is carried.</summary>
    public bool IsPropagateCancellation { get; }
}
