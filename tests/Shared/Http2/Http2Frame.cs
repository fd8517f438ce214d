namespace GrpcRouter.Tests;

/// <summary>A frame of HTTP/2 (RFC 9113, section 4.1).</summary>
internal sealed record Http2Frame(byte Type, byte Flags, int Stream, byte[] Payload)
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Priority = 2;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;
    public const byte EndStreamFlag = 1;
    public const byte AckFlag = 1;
    public const byte EndHeadersFlag = 4;

    public bool EndsStream => Type is Data or Headers && (Flags & EndStreamFlag) != 0;
}
