using System.Buffers;
using System.IO.Pipelines;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>Looks at the first frame of a channel without taking it.</summary>
internal static class HelloPeek
{
    /// <returns>The Hello; null when it is none, or none came, and whoever reads the frame says so. And whether the read was called off.</returns>
    public static async ValueTask<(Hello? Hello, bool Woken)> ReadAsync(PipeReader reader, int maxFrameSize, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool isOver = result.IsCanceled || result.IsCompleted;
            if (MessagePrefix.TryRead(buffer, out bool compressed, out uint length) && (compressed || length > maxFrameSize))
            {
                isOver = true;
            }
            else if (buffer.Length - FrameField.PrefixLength >= length && buffer.Length >= FrameField.PrefixLength)
            {
                Hello? hello = Parse(buffer.Slice(FrameField.PrefixLength, length).ToArray());
                reader.AdvanceTo(buffer.Start);
                return (hello, false);
            }

            // What has been looked at but is not over counts as unread only where nothing more will come.
            reader.AdvanceTo(buffer.Start, isOver ? buffer.Start : buffer.End);
            if (isOver)
            {
                return (null, result.IsCanceled);
            }
        }
    }

    private static Hello? Parse(byte[] body)
    {
        try
        {
            return FrameDecoder.TryDecode(body, out Frame frame, out _) && frame.HasControl ? InstanceControl.Parser.ParseFrom(frame.Control).Hello : null;
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
