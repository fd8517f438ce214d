using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

/// <summary>A frame of a channel that passed a line.</summary>
/// <param name="CallId">0 for a channel frame.</param>
/// <param name="Cost">What its message data took of the sender's credit.</param>
/// <param name="Says">What it says beside data.</param>
/// <param name="Method">The field of a whole message; 0 when there is none.</param>
internal readonly record struct PassedFrame(ulong CallId, int Cost, PassedFrame.Kind Says, uint Method)
{
    [Flags]
    public enum Kind
    {
        None = 0,
        Start = 1,
        Cancel = 2,
        Credit = 4,
        Ping = 8,
        Pong = 16,
        Drain = 32,
        DrainAck = 64,
    }

    public static Kind OfControl(RouterControl.KindOneofCase control) => control switch
    {
        RouterControl.KindOneofCase.Ping => Kind.Ping,
        RouterControl.KindOneofCase.Pong => Kind.Pong,
        RouterControl.KindOneofCase.Drain => Kind.Drain,
        RouterControl.KindOneofCase.DrainAck => Kind.DrainAck,
        _ => Kind.None,
    };
}
