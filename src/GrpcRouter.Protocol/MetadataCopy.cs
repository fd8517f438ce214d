namespace GrpcRouter.Protocol;

/// <summary>Copies a serialized message that holds metadata.</summary>
public static class MetadataCopy
{
    /// <summary>Writes all fields of a message as they are, except metadata entries with a certain key.</summary>
    /// <param name="buffer">Takes them.</param>
    /// <param name="message">A serialized CallStart, CallHeaders or CallEnd. What follows a field that cannot be read is left out.</param>
    /// <param name="field">The field of its metadata entries, as <see cref="MetadataReader"/> names it.</param>
    /// <param name="key">The key to be left out.</param>
    public static void WriteWithout(FrameBuffer buffer, ReadOnlySpan<byte> message, int field, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        int position = 0;
        while (position < message.Length)
        {
            int begin = position;
            if (!Wire.TryReadTag(message, ref position, out uint tag))
            {
                return;
            }

            if (!Wire.TrySkip(message, ref position, tag & 7))
            {
                return;
            }

            MetadataReader entry = new(message[begin..position], field);
            if (!entry.Read() || !entry.Key.SequenceEqual(key))
            {
                buffer.WriteRaw(message[begin..position]);
            }
        }
    }
}
