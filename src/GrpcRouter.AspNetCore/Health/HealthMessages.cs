using Google.Protobuf;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>The messages of <c>grpc.health.v1</c>, which are too small for generated code and a dependency.</summary>
internal static class HealthMessages
{
    private const int ServiceField = 1;
    private const int StatusField = 1;
    private const int StatusesField = 1;
    private const int KeyField = 1;
    private const int ValueField = 2;

    /// <summary>Reads the service's name from HealthCheckRequest.</summary>
    /// <exception cref="InvalidProtocolBufferException">It cannot be read.</exception>
    public static string ReadService(byte[] request)
    {
        CodedInputStream input = new(request);
        string service = "";
        while (input.ReadTag() is not 0 and uint tag)
        {
            if (tag == WireFormat.MakeTag(ServiceField, WireFormat.WireType.LengthDelimited))
            {
                service = input.ReadString();
            }
            else
            {
                input.SkipLastField();
            }
        }

        return service;
    }

    /// <summary>Writes HealthCheckResponse.</summary>
    public static void Write(FrameBuffer buffer, ServiceHealth health) => buffer.WriteVarint(StatusField, (ulong)health);

    /// <summary>Writes an entry of HealthListResponse.</summary>
    public static void WriteEntry(FrameBuffer buffer, string service, ServiceHealth health)
    {
        int entry = buffer.BeginNested(StatusesField);
        buffer.WriteString(KeyField, service);
        int response = buffer.BeginNested(ValueField);
        Write(buffer, health);
        buffer.EndNested(response);
        buffer.EndNested(entry);
    }
}
