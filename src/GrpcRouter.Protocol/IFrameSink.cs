namespace GrpcRouter.Protocol;

/// <summary>Where a channel's frames go: the write half of the registration stream.</summary>
public interface IFrameSink
{
    /// <summary>Writes and flushes frames, the control frames first. Never called twice at once.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data);

    /// <summary>Nothing more is waiting to be written. By now another write may have begun.</summary>
    void OnIdle()
    {
    }
}
