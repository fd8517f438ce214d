using System.Buffers.Binary;
using System.IO.Compression;

namespace GrpcRouter;

/// <summary>
/// Decompresses one gzip message and checks its length at the end: <see cref="GZipStream"/> takes a message that was cut for a shorter one.
/// </summary>
internal sealed class GzipMessageStream(Stream source) : Stream
{
    private readonly uint _expected = ReadLength(source);
    private readonly GZipStream _gzip = new(source, CompressionMode.Decompress);
    private uint _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> target)
    {
        var read = _gzip.Read(target);
        _read = unchecked(_read + (uint)read);
        return read > 0 || target.IsEmpty || _read == _expected
            ? read
            : throw new InvalidDataException("The gzip data ends before the message does.");
    }

    public override int Read(byte[] target, int offset, int count) => Read(target.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] bytes, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }

        base.Dispose(disposing);
    }

    // The last four bytes are the length modulo 2^32.
    private static uint ReadLength(Stream source)
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        if (source.Length < length.Length)
        {
            return 0;
        }

        source.Seek(-length.Length, SeekOrigin.End);
        source.ReadExactly(length);
        source.Seek(0, SeekOrigin.Begin);
        return BinaryPrimitives.ReadUInt32LittleEndian(length);
    }
}
