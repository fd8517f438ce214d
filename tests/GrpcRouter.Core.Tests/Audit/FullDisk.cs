namespace GrpcRouter.Core.Tests;

/// <summary>A disk that can be full: half of what is written fits, and then no more.</summary>
internal sealed class FullDisk
{
    private volatile bool full;

    public bool IsFull
    {
        get => full;
        set => full = value;
    }

    public FileStream Open(string path, FileStreamOptions how) => new Stream(this, path, how);

    private sealed class Stream(FullDisk disk, string path, FileStreamOptions how) : FileStream(path, how)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (disk.IsFull)
            {
                base.Write(buffer[..(buffer.Length / 2)]);
                throw new IOException("No space left on device.");
            }

            base.Write(buffer);
        }
    }
}
