using System.Buffers;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>What one frame towards the instance carries beyond the call's start.</summary>
internal readonly record struct Outgoing(OutgoingKind Kind, ReadOnlySequence<byte> Data, bool HalfClose)
{
    /// <summary>What it costs in credit.</summary>
    public int Cost => Kind switch
    {
        OutgoingKind.Nothing => 0,
        OutgoingKind.Fragment => (int)Data.Length,
        _ => FrameField.PrefixLength + (int)Data.Length,
    };
}
