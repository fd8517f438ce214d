using System.Buffers;

namespace GrpcRouter;

/// <summary>Reads a file line by line, without ever holding more than a line of it.</summary>
internal static class AuditLines
{
    // Longer than any line of the log can be: what is longer is none.
    private const int Longest = 1024 * 1024;

    /// <summary>Gives each line to a function, as long as that wants more.</summary>
    /// <param name="path">The file.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="take">Takes a line without its end, and where the next one begins.</param>
    /// <returns>What stands behind the last line end: a line that was not finished.</returns>
    public static byte[] Read(string path, long from, Func<ReadOnlyMemory<byte>, long, bool> take)
    {
        using FileStream file = new(path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
        file.Position = from;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Longest);
        try
        {
            int held = 0;
            long at = from;
            while (true)
            {
                int read = file.Read(buffer.AsSpan(held));
                if (read == 0)
                {
                    return buffer.AsSpan(0, held).ToArray();
                }

                held += read;
                int begin = 0;
                while (buffer.AsSpan(begin, held - begin).IndexOf((byte)'\n') is >= 0 and int length)
                {
                    if (!take(buffer.AsMemory(begin, length), at + length + 1))
                    {
                        return [];
                    }

                    begin += length + 1;
                    at += length + 1;
                }

                held -= begin;
                buffer.AsSpan(begin, held).CopyTo(buffer);
                if (held == buffer.Length)
                {
                    // No line of the log: it is given as it is, and found to be none.
                    if (!take(buffer.AsMemory(0, held), at + held))
                    {
                        return [];
                    }

                    at += held;
                    held = 0;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
