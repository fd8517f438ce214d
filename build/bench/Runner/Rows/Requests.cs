using Google.Protobuf;

namespace GrpcRouter.Bench;

/// <summary>A request of the benchmark's service, and how many bytes answer it.</summary>
/// <param name="Method">Simple name of the method.</param>
/// <param name="Body">The request messages with their prefixes.</param>
/// <param name="ReplyBytes">The response messages with their prefixes.</param>
internal sealed record ServiceRequest(string Method, byte[] Body, long ReplyBytes);

internal static class Requests
{
    public const int RepliesPerStream = 100;
    public const int PiecesPerTransfer = 16;
    public const int Mebibyte = 1024 * 1024;

    /// <summary>An answer of 11 characters.</summary>
    public static ServiceRequest SayHello { get; } = Hello("SayHello", "world", 1);

    /// <summary>100 of them.</summary>
    public static ServiceRequest SayHellos { get; } = Hello("SayHellos", "world", RepliesPerStream);

    /// <summary>100 messages of 1 KiB.</summary>
    public static ServiceRequest SayLongHellos { get; } = Hello("SayHellos", new string('w', 1024 - "Hello ".Length), RepliesPerStream);

    /// <summary>16 MiB from the server.</summary>
    public static ServiceRequest Fetch { get; } = FetchMany(PiecesPerTransfer);

    /// <summary>16 MiB to the server.</summary>
    public static ServiceRequest Store { get; } = new(
        "Store",
        [.. Enumerable.Repeat(Framed(PieceOf(Mebibyte)), PiecesPerTransfer).SelectMany(static piece => piece)],
        Framed(new StoreReply { Bytes = PiecesPerTransfer * (long)Mebibyte }).Length);

    /// <summary>Some MiB from the server, in pieces of one.</summary>
    public static ServiceRequest FetchMany(int mebibytes) => new(
        "Fetch",
        Framed(new FetchRequest { Count = mebibytes, Size = Mebibyte }),
        mebibytes * (long)Framed(PieceOf(Mebibyte)).Length);

    /// <summary>A piece that comes back.</summary>
    public static ServiceRequest Echo(int size)
    {
        byte[] piece = Framed(PieceOf(size));
        return new ServiceRequest("Echo", piece, piece.Length);
    }

    private static ServiceRequest Hello(string method, string name, int replies) => new(
        method,
        Framed(new HelloRequest { Name = name }),
        replies * (long)Framed(new HelloReply { Message = $"Hello {name}" }).Length);

    private static Piece PieceOf(int size) => new() { Data = ByteString.CopyFrom(new byte[size]) };

    private static byte[] Framed(IMessage message)
    {
        byte[] payload = message.ToByteArray();
        return [0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
    }
}
