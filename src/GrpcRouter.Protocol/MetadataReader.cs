namespace GrpcRouter.Protocol;

/// <summary>Steps through the metadata entries of a serialized CallStart, CallHeaders or CallEnd, without allocating.</summary>
public ref struct MetadataReader
{
    /// <summary>Field number of the metadata in CallStart.</summary>
    public const int InCallStart = 3;

    /// <summary>Field number of the metadata in CallHeaders.</summary>
    public const int InCallHeaders = 1;

    /// <summary>Field number of the trailers in CallEnd.</summary>
    public const int InCallEnd = 4;

    private readonly ReadOnlySpan<byte> message;
    private readonly uint field;
    private int position;

    /// <summary>Reads from a serialized message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="field">Which of its fields holds the entries.</param>
    public MetadataReader(ReadOnlySpan<byte> message, int field)
    {
        this.message = message;
        this.field = (uint)field;
    }

    /// <summary>The key of the current entry, as sent.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>The value of the current entry: the octets of an HTTP/2 field value.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The bytes are no protobuf message; the entries so far stand.</summary>
    public bool Broken { get; private set; }

    /// <summary>Goes to the next entry.</summary>
    public bool Read()
    {
        while (!Broken && position < message.Length)
        {
            if (!Wire.TryReadTag(message, ref position, out uint tag))
            {
                Broken = true;
            }
            else if (tag == ((field << 3) | Wire.LengthDelimited))
            {
                if (Wire.TryReadBytes(message, ref position, out ReadOnlySpan<byte> entry) && TryReadEntry(entry))
                {
                    return true;
                }

                Broken = true;
            }
            else if (!Wire.TrySkip(message, ref position, tag & 7))
            {
                Broken = true;
            }
        }

        return false;
    }

    private bool TryReadEntry(ReadOnlySpan<byte> entry)
    {
        Key = default;
        Value = default;
        int at = 0;
        while (at < entry.Length)
        {
            if (!Wire.TryReadTag(entry, ref at, out uint tag))
            {
                return false;
            }

            if (tag is (1 << 3 | Wire.LengthDelimited) or (2 << 3 | Wire.LengthDelimited))
            {
                if (!Wire.TryReadBytes(entry, ref at, out ReadOnlySpan<byte> bytes))
                {
                    return false;
                }

                if (tag >> 3 == 1)
                {
                    Key = bytes;
                }
                else
                {
                    Value = bytes;
                }
            }
            else if (!Wire.TrySkip(entry, ref at, tag & 7))
            {
                return false;
            }
        }

        return true;
    }
}
