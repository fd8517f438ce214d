using System.Net.Sockets;

namespace GrpcRouter.FunctionalTests;

/// <summary>The connection of a bridge with one channel. A test may hold either direction back, and sees which frames passed, in order.</summary>
internal sealed class Line
{
    private const int PrefaceLength = 24;

    /// <summary>From the instance to the router.</summary>
    public FrameTrace ToRouter { get; } = new(PrefaceLength);

    /// <summary>From the router to the instance.</summary>
    public FrameTrace ToInstance { get; } = new(preface: 0);

    /// <summary>Holds back what the instance sends.</summary>
    public Barrier Sending { get; } = new();

    /// <summary>Holds back what the instance receives.</summary>
    public Barrier Receiving { get; } = new();

    public void Plug(SocketsHttpHandler handler) => handler.ConnectCallback = async (context, cancellationToken) =>
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new LineStream(this, new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    };

    /// <summary>Open at first.</summary>
    internal sealed class Barrier
    {
        private volatile TaskCompletionSource? closed;

        /// <summary>Bytes are waiting at it.</summary>
        public bool IsReached { get; private set; }

        public void Close() => closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => Interlocked.Exchange(ref closed, null)?.TrySetResult();

        public async ValueTask PassAsync()
        {
            if (closed is { } wait)
            {
                IsReached = true;
                await wait.Task;
            }
        }
    }

    private sealed class LineStream(Line line, NetworkStream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await inner.ReadAsync(buffer, cancellationToken);
            await line.Receiving.PassAsync();
            line.ToInstance.Add(buffer.Span[..read]);
            return read;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await line.Sending.PassAsync();
            line.ToRouter.Add(buffer.Span);
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                line.Receiving.Open();
                line.Sending.Open();
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
