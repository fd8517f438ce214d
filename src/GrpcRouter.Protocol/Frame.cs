namespace GrpcRouter.Protocol;

/// <summary>A decoded frame: a view over the bytes it was read from, valid as long as they are.</summary>
public ref struct Frame
{
    /// <summary>The call, or 0 on a channel frame.</summary>
    public ulong CallId;

    /// <summary>Serialized CallStart or CallHeaders; meaningful when <see cref="HasOpening"/>.</summary>
    public ReadOnlySpan<byte> Opening;

    /// <summary>Serialized CallCancel; meaningful when <see cref="HasCancel"/>.</summary>
    public ReadOnlySpan<byte> Cancel;

    /// <summary>Serialized CallEnd; meaningful when <see cref="HasEnd"/>.</summary>
    public ReadOnlySpan<byte> End;

    /// <summary>A piece of a message; meaningful when <see cref="HasFragment"/>.</summary>
    public ReadOnlySpan<byte> Fragment;

    /// <summary>A whole message, when <see cref="PayloadField"/> is not 0.</summary>
    public ReadOnlySpan<byte> Payload;

    /// <summary>Serialized RouterControl or InstanceControl; meaningful when <see cref="HasControl"/>.</summary>
    public ReadOnlySpan<byte> Control;

    /// <summary>Bytes of credit granted; 0 when none.</summary>
    public ulong Credit;

    /// <summary>Length of the message that starts with this fragment; meaningful when <see cref="HasMessageLength"/>.</summary>
    public ulong MessageLength;

    /// <summary>Field number of the typed payload, or 0 when the frame has none.</summary>
    public uint PayloadField;

    internal FrameParts Parts;

    /// <summary>The frame opens the call or carries the response's initial metadata.</summary>
    public readonly bool HasOpening => (Parts & FrameParts.Opening) != 0;

    /// <summary>The client sends no further message.</summary>
    public readonly bool HalfClose => (Parts & FrameParts.HalfClose) != 0;

    /// <summary>The router withdraws the call.</summary>
    public readonly bool HasCancel => (Parts & FrameParts.Cancel) != 0;

    /// <summary>The frame starts a message that travels in fragments.</summary>
    public readonly bool HasMessageLength => (Parts & FrameParts.MessageLength) != 0;

    /// <summary>The message's compressed flag is set.</summary>
    public readonly bool Compressed => (Parts & FrameParts.Compressed) != 0;

    /// <summary>The frame carries a piece of a message.</summary>
    public readonly bool HasFragment => (Parts & FrameParts.Fragment) != 0;

    /// <summary>The instance ends the call.</summary>
    public readonly bool HasEnd => (Parts & FrameParts.End) != 0;

    /// <summary>The frame belongs to the channel rather than to a call.</summary>
    public readonly bool HasControl => (Parts & FrameParts.Control) != 0;

    /// <summary>The frame carries a whole message or a part of one.</summary>
    public readonly bool HasMessageData => PayloadField != 0 || (Parts & (FrameParts.Fragment | FrameParts.MessageLength)) != 0;
}
