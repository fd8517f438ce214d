namespace GrpcRouter.Protocol;

/// <summary>Takes the frames of a channel in order, on its read loop. Must not block.</summary>
public interface IFrameHandler
{
    /// <summary>A frame has come; the view is valid until the method returns.</summary>
    /// <exception cref="ProtocolViolationException">The frame breaks a rule of the channel.</exception>
    void OnFrame(in Frame frame);

    /// <summary>All frames that were there have been given; more may follow.</summary>
    /// <returns>
    /// Work for this thread, or null. It starts when another thread is ready to go on reading, so it may block; where more bytes are
    /// there already it goes to the thread pool.
    /// </returns>
    IThreadPoolWorkItem? OnBatchEnd();
}
