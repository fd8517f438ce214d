namespace GrpcRouter.Protocol;

/// <summary>The fields of a serialized CallEnd other than its trailers.</summary>
public ref struct CallEndFields
{
    /// <summary>Field number of <c>code</c>.</summary>
    public const int CodeField = 1;

    /// <summary>Field number of <c>message</c>.</summary>
    public const int MessageField = 2;

    /// <summary>Field number of <c>details</c>.</summary>
    public const int DetailsField = 3;

    /// <summary>Field number of <c>not_dispatched</c>.</summary>
    public const int NotDispatchedField = 5;

    /// <summary>gRPC status code.</summary>
    public uint Code;

    /// <summary>Status message in UTF-8.</summary>
    public ReadOnlySpan<byte> Message;

    /// <summary>Serialized google.rpc.Status.</summary>
    public ReadOnlySpan<byte> Details;

    /// <summary>The call never reached the application.</summary>
    public bool NotDispatched;

    /// <summary>Reads the fields; false when the bytes are no such message.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out CallEndFields fields)
    {
        fields = default;
        int position = 0;
        while (position < message.Length)
        {
            if (!Wire.TryReadTag(message, ref position, out uint tag))
            {
                return false;
            }

            bool read;
            switch (tag)
            {
                case CodeField << 3:
                    read = Wire.TryReadVarint(message, ref position, out ulong code) && code <= uint.MaxValue;
                    fields.Code = (uint)code;
                    break;
                case NotDispatchedField << 3:
                    read = Wire.TryReadVarint(message, ref position, out ulong flag);
                    fields.NotDispatched = flag != 0;
                    break;
                case (MessageField << 3) | Wire.LengthDelimited:
                    read = Wire.TryReadBytes(message, ref position, out fields.Message);
                    break;
                case (DetailsField << 3) | Wire.LengthDelimited:
                    read = Wire.TryReadBytes(message, ref position, out fields.Details);
                    break;
                default:
                    read = Wire.TrySkip(message, ref position, tag & 7);
                    break;
            }

            if (!read)
            {
                return false;
            }
        }

        return true;
    }
}
