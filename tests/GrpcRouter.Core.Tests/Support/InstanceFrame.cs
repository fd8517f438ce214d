using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>A frame that an instance sends.</summary>
internal sealed record InstanceFrame(ulong CallId = 0)
{
    public CallHeaders? Headers { get; init; }

    public byte[]? RawHeaders { get; init; }

    public ulong Credit { get; init; }

    public int PayloadField { get; init; }

    public byte[]? Payload { get; init; }

    public ulong? MessageLength { get; init; }

    public bool Compressed { get; init; }

    public byte[]? Fragment { get; init; }

    public bool HalfClose { get; init; }

    public bool Cancel { get; init; }

    public CallEnd? End { get; init; }

    public byte[]? RawEnd { get; init; }

    public InstanceControl? Control { get; init; }

    public static InstanceFrame Ended(ulong callId, StatusCode code = StatusCode.OK, string message = "") =>
        new(callId) { End = new CallEnd { Code = (uint)code, Message = message } };

    public static InstanceFrame Message(ulong callId, RoutedMethod method, byte[] payload) =>
        new(callId) { PayloadField = method.Number, Payload = payload };

    public static InstanceFrame First(ulong callId, ulong length, byte[]? fragment) =>
        new(callId) { MessageLength = length, Fragment = fragment };

    public static InstanceFrame Piece(ulong callId, byte[] fragment) => new(callId) { Fragment = fragment };

    public static InstanceFrame Grant(ulong callId, ulong credit) => new(callId) { Credit = credit };

    public static InstanceFrame Of(InstanceControl control) => new() { Control = control };

    public static InstanceFrame Drain() => Of(new InstanceControl { Drain = new Drain { Reason = "leaving" } });

    public static InstanceFrame Pong(ulong nonce) => Of(new InstanceControl { Pong = new Pong { Nonce = nonce } });

    public byte[] ToBytes()
    {
        using FrameBuffer buffer = new();
        int mark = buffer.BeginFrame(CallId);
        WriteBytes(buffer, FrameField.Opening, RawHeaders ?? Headers?.ToByteArray());
        WriteFlag(buffer, FrameField.HalfClose, HalfClose);
        WriteBytes(buffer, FrameField.Cancel, Cancel ? [] : null);
        if (Credit != 0)
        {
            buffer.WriteVarint(FrameField.Credit, Credit);
        }

        if (MessageLength is { } length)
        {
            buffer.WriteVarint(FrameField.MessageLength, length);
        }

        WriteFlag(buffer, FrameField.Compressed, Compressed);
        WriteBytes(buffer, FrameField.Fragment, Fragment);
        WriteBytes(buffer, FrameField.End, RawEnd ?? End?.ToByteArray());
        WriteBytes(buffer, FrameField.Control, Control?.ToByteArray());
        if (Payload is not null)
        {
            buffer.WriteBytes(PayloadField, Payload);
        }

        buffer.EndFrame(mark);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteBytes(FrameBuffer buffer, int field, byte[]? value)
    {
        if (value is not null)
        {
            buffer.WriteBytes(field, value);
        }
    }

    private static void WriteFlag(FrameBuffer buffer, int field, bool value)
    {
        if (value)
        {
            buffer.WriteVarint(field, 1);
        }
    }
}
