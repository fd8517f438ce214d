namespace GrpcRouter.Protocol;

/// <summary>The fields of a serialized CallHeaders other than its metadata.</summary>
public ref struct CallHeadersFields
{
    /// <summary>Field number of <c>encoding</c>.</summary>
    public const int EncodingField = 2;

    /// <summary>Field number of <c>accept_encoding</c>.</summary>
    public const int AcceptEncodingField = 3;

    /// <summary>grpc-encoding of the response.</summary>
    public ReadOnlySpan<byte> Encoding;

    /// <summary>grpc-accept-encoding of the instance.</summary>
    public ReadOnlySpan<byte> AcceptEncoding;

    /// <summary>Reads the fields; false when the bytes are no such message.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out CallHeadersFields fields)
    {
        fields = default;
        int position = 0;
        while (position < message.Length)
        {
            if (!Wire.TryReadTag(message, ref position, out uint tag))
            {
                return false;
            }

            bool read = tag switch
            {
                (EncodingField << 3) | Wire.LengthDelimited => Wire.TryReadBytes(message, ref position, out fields.Encoding),
                (AcceptEncodingField << 3) | Wire.LengthDelimited => Wire.TryReadBytes(message, ref position, out fields.AcceptEncoding),
                _ => Wire.TrySkip(message, ref position, tag & 7),
            };
            if (!read)
            {
                return false;
            }
        }

        return true;
    }
}
