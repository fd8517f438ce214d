namespace GrpcRouter.Protocol;

/// <summary>The fields of a serialized CallStart other than its metadata.</summary>
public ref struct CallStartFields
{
    /// <summary>Field number of <c>method</c>.</summary>
    public const int MethodField = 1;

    /// <summary>Field number of <c>timeout_us</c>.</summary>
    public const int TimeoutField = 2;

    /// <summary>Field number of <c>encoding</c>.</summary>
    public const int EncodingField = 4;

    /// <summary>Field number of <c>accept_encoding</c>.</summary>
    public const int AcceptEncodingField = 5;

    /// <summary>Field number of <c>authority</c>.</summary>
    public const int AuthorityField = 6;

    /// <summary>Field number of <c>peer</c>.</summary>
    public const int PeerField = 7;

    /// <summary>Field number of the method's payload, or 0 when the frame's payload names it.</summary>
    public uint Method;

    /// <summary>Time left, in microseconds; meaningful when <see cref="HasTimeout"/>.</summary>
    public ulong TimeoutMicroseconds;

    /// <summary>The call has a deadline.</summary>
    public bool HasTimeout;

    /// <summary>grpc-encoding of the request.</summary>
    public ReadOnlySpan<byte> Encoding;

    /// <summary>grpc-accept-encoding of the client.</summary>
    public ReadOnlySpan<byte> AcceptEncoding;

    /// <summary>The :authority the client called.</summary>
    public ReadOnlySpan<byte> Authority;

    /// <summary>The client's address.</summary>
    public ReadOnlySpan<byte> Peer;

    /// <summary>Reads the fields; false when the bytes are no such message.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out CallStartFields fields)
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
                case MethodField << 3:
                    read = Wire.TryReadVarint(message, ref position, out ulong method) && method <= uint.MaxValue;
                    fields.Method = (uint)method;
                    break;
                case TimeoutField << 3:
                    read = Wire.TryReadVarint(message, ref position, out fields.TimeoutMicroseconds);
                    fields.HasTimeout = true;
                    break;
                case (EncodingField << 3) | Wire.LengthDelimited:
                    read = Wire.TryReadBytes(message, ref position, out fields.Encoding);
                    break;
                case (AcceptEncodingField << 3) | Wire.LengthDelimited:
                    read = Wire.TryReadBytes(message, ref position, out fields.AcceptEncoding);
                    break;
                case (AuthorityField << 3) | Wire.LengthDelimited:
                    read = Wire.TryReadBytes(message, ref position, out fields.Authority);
                    break;
                case (PeerField << 3) | Wire.LengthDelimited:
                    read = Wire.TryReadBytes(message, ref position, out fields.Peer);
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
