using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>The end of a call that brings no message with it. It takes its turn behind the call's own data, and nobody waits for it.</summary>
internal sealed class EndOutput(ulong callId, ResponseOutput? response, RegistrationChannel channel, ChannelOutput output, CallEnding ending) : OutputTurn, IThreadPoolWorkItem
{
    /// <summary>Sends the end now or when it is due. The caller has claimed the end before.</summary>
    public void Execute()
    {
        if (!output.TryEnterData(this, out FrameBuffer buffer))
        {
            return;
        }

        int mark = buffer.BeginFrame(callId);
        if (ending.Headers is { } headers && response is not { Started: true })
        {
            buffer.WriteBytes(FrameField.Opening, headers.Span);
        }

        buffer.WriteBytes(FrameField.End, ending.End.Span);
        buffer.EndFrame(mark);
        output.Exit();
        channel.OnEndSent();
    }

    protected override void OnTurn() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
}
