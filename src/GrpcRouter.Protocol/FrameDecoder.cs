namespace GrpcRouter.Protocol;

/// <summary>
/// Reads a frame without parsing its payload. Fields that this version does not know are stepped over; a known field that comes
/// twice, or on another wire type, breaks the rules, because a merge of two halves is not what any sender means.
/// </summary>
public static class FrameDecoder
{
    /// <summary>Decodes the frame in <paramref name="body"/>, which excludes the gRPC prefix.</summary>
    /// <param name="body">The frame message.</param>
    /// <param name="frame">The view; it points into <paramref name="body"/>.</param>
    /// <param name="error">What was wrong, when the result is false.</param>
    public static bool TryDecode(ReadOnlySpan<byte> body, out Frame frame, out string? error)
    {
        frame = default;
        error = null;
        int position = 0;
        FrameParts seen = FrameParts.None;
        while (position < body.Length)
        {
            int start = position;
            if (!Wire.TryReadTag(body, ref position, out uint tag))
            {
                error = $"the tag at byte {start} is no tag";
                return false;
            }

            uint field = tag >> 3;
            uint wireType = tag & 7;

            if (field >= FrameField.FirstMethod)
            {
                if (wireType != Wire.LengthDelimited || frame.PayloadField != 0 || !Wire.TryReadBytes(body, ref position, out frame.Payload))
                {
                    error = frame.PayloadField != 0 ? $"the frame carries two payloads, fields {frame.PayloadField} and {field}" : Broken(field, start);
                    return false;
                }

                frame.PayloadField = field;
                continue;
            }

            FrameParts part = field <= FrameField.Control ? (FrameParts)(1 << (int)field) & Known : FrameParts.None;
            if (part == FrameParts.None)
            {
                if (!Wire.TrySkip(body, ref position, wireType))
                {
                    error = Broken(field, start);
                    return false;
                }

                continue;
            }

            if ((seen & part) != 0)
            {
                error = $"field {field} comes twice";
                return false;
            }

            seen |= part;
            frame.Parts |= part;
            uint expected = (part & Varints) != 0 ? Wire.Varint : Wire.LengthDelimited;
            if (wireType != expected || !TryReadKnown(body, ref position, field, ref frame))
            {
                error = Broken(field, start);
                return false;
            }
        }

        return true;
    }

    private const FrameParts Varints = FrameParts.CallId | FrameParts.HalfClose | FrameParts.Credit | FrameParts.MessageLength | FrameParts.Compressed;

    private const FrameParts Known = Varints | FrameParts.Opening | FrameParts.Cancel | FrameParts.Fragment | FrameParts.End | FrameParts.Control;

    private static bool TryReadKnown(ReadOnlySpan<byte> body, scoped ref int position, uint field, ref Frame frame)
    {
        switch (field)
        {
            case FrameField.CallId:
                return Wire.TryReadVarint(body, ref position, out frame.CallId);
            case FrameField.Opening:
                return Wire.TryReadBytes(body, ref position, out frame.Opening);
            case FrameField.HalfClose:
                return TryReadFlag(body, ref position, FrameParts.HalfClose, ref frame);
            case FrameField.Cancel:
                return Wire.TryReadBytes(body, ref position, out frame.Cancel);
            case FrameField.Credit:
                return Wire.TryReadVarint(body, ref position, out frame.Credit);
            case FrameField.MessageLength:
                return Wire.TryReadVarint(body, ref position, out frame.MessageLength);
            case FrameField.Compressed:
                return TryReadFlag(body, ref position, FrameParts.Compressed, ref frame);
            case FrameField.Fragment:
                return Wire.TryReadBytes(body, ref position, out frame.Fragment);
            case FrameField.End:
                return Wire.TryReadBytes(body, ref position, out frame.End);
            default:
                return Wire.TryReadBytes(body, ref position, out frame.Control);
        }
    }

    // A flag that is present and false says nothing, as in proto3.
    private static bool TryReadFlag(ReadOnlySpan<byte> body, scoped ref int position, FrameParts part, ref Frame frame)
    {
        if (!Wire.TryReadVarint(body, ref position, out ulong value))
        {
            return false;
        }

        if (value == 0)
        {
            frame.Parts &= ~part;
        }

        return true;
    }

    private static string Broken(uint field, int start) => $"field {field} at byte {start} is cut short or of the wrong type";
}
