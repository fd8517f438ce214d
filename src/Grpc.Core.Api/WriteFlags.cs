namespace Grpc.Core;

/// <summary>Wishes about how a message is written.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>The message need not be flushed at once.</summary>
    BufferHint = 0x1,

    /// <summary>The message is not to be compressed, though the call uses compression.</summary>
    NoCompress = 0x2,
}
