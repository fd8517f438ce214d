namespace GrpcRouter.Protocol;

/// <summary>Field numbers of the frame messages, the same in both directions (docs/protocol.md, "Frames").</summary>
public static class FrameField
{
    /// <summary>Names the call; 0 or absent on channel frames.</summary>
    public const int CallId = 1;

    /// <summary>CallStart towards the instance, CallHeaders towards the router.</summary>
    public const int Opening = 2;

    /// <summary>The client sends no further message.</summary>
    public const int HalfClose = 3;

    /// <summary>CallCancel, towards the instance.</summary>
    public const int Cancel = 4;

    /// <summary>Bytes the receiver of the frame may send beyond what it may send already.</summary>
    public const int Credit = 5;

    /// <summary>Length of a message that travels in fragments, on its first fragment.</summary>
    public const int MessageLength = 6;

    /// <summary>The message's compressed flag, on its first fragment.</summary>
    public const int Compressed = 7;

    /// <summary>A piece of a message.</summary>
    public const int Fragment = 8;

    /// <summary>CallEnd, towards the router.</summary>
    public const int End = 9;

    /// <summary>RouterControl or InstanceControl, on channel frames.</summary>
    public const int Control = 15;

    /// <summary>Fields from here on are typed payloads; the number names the method.</summary>
    public const int FirstMethod = 20_000;

    /// <summary>Length of the prefix that gRPC puts before each message: a flag and four bytes of length.</summary>
    public const int PrefixLength = 5;
}
