namespace GrpcRouter;

/// <summary>How a call ends: its serialized CallEnd, and CallHeaders when the end must bring them along.</summary>
internal readonly record struct CallEnding(ReadOnlyMemory<byte> End, ReadOnlyMemory<byte>? Headers = null);
