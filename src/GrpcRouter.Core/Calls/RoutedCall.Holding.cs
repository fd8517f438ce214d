namespace GrpcRouter;

/// <content>What a call holds at the moment, for whoever watches the router's memory.</content>
internal sealed partial class RoutedCall
{
    /// <summary>Bytes of the response that came from the instance and that the client's connection has not taken.</summary>
    public long ResponseBytesHeld => receiveWindow.Held;

    /// <summary>Bytes of buffers that the response takes, used or not, without what the client's connection holds.</summary>
    public int ResponseBufferCapacity
    {
        get
        {
            lock (gate)
            {
                return inbound.Capacity + draining.Capacity;
            }
        }
    }

    /// <summary>What the instance may send ahead of the client, in bytes, as it is now.</summary>
    public int ResponseWindow => receiveWindow.Size;
}
