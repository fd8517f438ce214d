using Google.Protobuf;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>Writes channel frames. They are rare, so the generated classes do.</summary>
internal static class ControlFrames
{
    /// <summary>Writes a frame that overtakes data.</summary>
    public static void Send(ChannelOutput output, InstanceControl control)
    {
        byte[] serialized = control.ToByteArray();
        Write_NeedsLock(output.EnterControl(), serialized);
        output.Exit();
    }

    /// <summary>Writes the frame that nothing may follow.</summary>
    public static void SendLast(ChannelOutput output, ChannelErrorCode code, string reason)
    {
        byte[] serialized = new InstanceControl { Error = new ChannelError { Code = code, Message = reason } }.ToByteArray();
        output.EnterControl();
        Write_NeedsLock(output.InOrder, serialized);
        output.Exit();
        output.Complete();
    }

    private static void Write_NeedsLock(FrameBuffer buffer, byte[] serialized)
    {
        int mark = buffer.BeginFrame(0);
        buffer.WriteBytes(FrameField.Control, serialized);
        buffer.EndFrame(mark);
    }
}
