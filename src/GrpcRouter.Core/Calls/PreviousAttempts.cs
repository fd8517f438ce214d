using System.Globalization;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>Tells an instance how often a call has been tried before: by the client itself and by the router (gRFC A6, "Exposed Retry Metadata").</summary>
internal static class PreviousAttempts
{
    private const string Key = "grpc-previous-rpc-attempts";
    private const int KeyField = 1;
    private const int ValueField = 2;

    /// <summary>Writes the client's part of CallStart with the count in it.</summary>
    public static void Write(FrameBuffer buffer, ClientLeg leg, int retries)
    {
        int count = retries;
        if (leg.GetHeader(Key) is { } told)
        {
            _ = int.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out int before);
            count += before;
            MetadataCopy.WriteWithout(buffer, leg.Start, MetadataReader.InCallStart, "grpc-previous-rpc-attempts"u8);
        }
        else
        {
            buffer.WriteRaw(leg.Start);
        }

        int entry = buffer.BeginNested(MetadataReader.InCallStart);
        buffer.WriteString(KeyField, Key);
        buffer.WriteString(ValueField, count.ToString(CultureInfo.InvariantCulture));
        buffer.EndNested(entry);
    }
}
