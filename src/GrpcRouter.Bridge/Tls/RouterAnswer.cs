namespace GrpcRouter;

/// <summary>
/// Whether a router said anything once TLS was agreed on. With TLS 1.3 a client is done before the server has judged its certificate, and a refusal looks like a lost connection (RFC 8446,
/// section 4.4.2.4); but then the router has never said a word.
/// </summary>
internal sealed class RouterAnswer
{
    private volatile bool agreed;
    private volatile bool heard;

    /// <summary>The router hung up where its first words should be.</summary>
    public bool HungUp => agreed && !heard;

    public ValueTask<Stream> ListenAsync(Stream connection)
    {
        agreed = true;
        return new ValueTask<Stream>(new ListeningStream(this, connection));
    }

    /// <summary>The connection. Once the first bytes have come it only passes on.</summary>
    private sealed class ListeningStream(RouterAnswer answer, Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            answer.heard ? inner.ReadAsync(buffer, cancellationToken) : ReadFirstAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override ValueTask DisposeAsync() => inner.DisposeAsync();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }
        }

        private async ValueTask<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            answer.heard |= read > 0;
            return read;
        }
    }
}
