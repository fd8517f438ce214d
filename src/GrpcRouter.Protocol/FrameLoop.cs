using System.Buffers;
using System.IO.Pipelines;

namespace GrpcRouter.Protocol;

/// <summary>Reads a registration channel: cuts the stream into gRPC messages and decodes each as a frame.</summary>
public static class FrameLoop
{
    /// <summary>Runs until the peer ends the stream.</summary>
    /// <param name="reader">The stream of gRPC messages.</param>
    /// <param name="maxFrameSize">Largest frame in bytes, without the prefix; a larger one is refused before it is buffered.</param>
    /// <param name="handler">Takes the frames.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    /// <exception cref="ProtocolViolationException">The peer broke a rule.</exception>
    public static async Task RunAsync(PipeReader reader, int maxFrameSize, IFrameHandler handler, CancellationToken cancellationToken)
    {
        byte[] scratch = [];
        IThreadPoolWorkItem? work = null;
        try
        {
            while (true)
            {
                ValueTask<ReadResult> next = reader.ReadAsync(cancellationToken);
                if (scratch.Length > 0 && !next.IsCompleted)
                {
                    // A channel may rest for hours after one large frame, and there may be thousands.
                    ArrayPool<byte>.Shared.Return(scratch);
                    scratch = [];
                }

                ReadAhead read = new(next, work);
                work = null;
                ReadResult result = await read;
                if (result.IsCanceled)
                {
                    return;
                }

                ReadOnlySequence<byte> buffer = result.Buffer;
                try
                {
                    HandleAll(ref buffer, maxFrameSize, ref scratch, handler);
                }
                catch
                {
                    // What came before the frame that breaks the rules is to be served.
                    work = handler.OnBatchEnd();
                    throw;
                }

                if (buffer.Length < result.Buffer.Length)
                {
                    work = handler.OnBatchEnd();
                }

                bool cut = result.IsCompleted && !buffer.IsEmpty;
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (cut)
                {
                    throw new ProtocolViolationException("The stream ended inside a frame.");
                }

                if (result.IsCompleted)
                {
                    return;
                }
            }
        }
        finally
        {
            if (work is not null)
            {
                ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
            }

            if (scratch.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(scratch);
            }
        }
    }

    private static void HandleAll(ref ReadOnlySequence<byte> buffer, int maxFrameSize, ref byte[] scratch, IFrameHandler handler)
    {
        while (true)
        {
            // Frames that lie within a segment, as nearly all small ones do, are cut from its span: cheaper than from the sequence.
            buffer = buffer.Slice(FrameCutter.Cut(buffer.FirstSpan, maxFrameSize, handler, out _));
            if (!TryTake(ref buffer, maxFrameSize, ref scratch, out ReadOnlySpan<byte> body))
            {
                return;
            }

            FrameCutter.Handle(body, handler);
        }
    }

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, int maxFrameSize, ref byte[] scratch, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (!MessagePrefix.TryRead(buffer, out bool compressed, out uint length))
        {
            return false;
        }

        FrameCutter.Check(compressed, length, maxFrameSize);
        if (buffer.Length - FrameField.PrefixLength < length)
        {
            return false;
        }

        ReadOnlySequence<byte> slice = buffer.Slice(FrameField.PrefixLength, length);
        if (slice.IsSingleSegment)
        {
            body = slice.FirstSpan;
        }
        else
        {
            if (scratch.Length < length)
            {
                if (scratch.Length > 0)
                {
                    ArrayPool<byte>.Shared.Return(scratch);
                }

                scratch = ArrayPool<byte>.Shared.Rent((int)length);
            }

            slice.CopyTo(scratch);
            body = scratch.AsSpan(0, (int)length);
        }

        buffer = buffer.Slice(slice.End);
        return true;
    }
}
