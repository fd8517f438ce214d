using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;

namespace GrpcRouter.Tests;

/// <summary>
/// A client on bare HTTP/2 frames, to send what no library sends. It acknowledges settings and pings unless it is told not to; flow control is the test's.
/// </summary>
internal sealed class Http2Peer : IAsyncDisposable
{
    private readonly Socket socket;
    private readonly NetworkStream stream;
    private readonly Uri address;
    private readonly Channel<Http2Frame> frames = Channel.CreateUnbounded<Http2Frame>();
    private readonly ConcurrentDictionary<int, long> granted = new();
    private readonly SemaphoreSlim writing = new(1);
    private readonly TaskCompletionSource<int> goneAway = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool answers;
    private readonly Task reading;
    private int nextStream = 1;

    private Http2Peer(Socket socket, Uri address, bool reads, bool answers)
    {
        this.socket = socket;
        this.address = address;
        this.answers = answers;
        stream = new NetworkStream(socket, ownsSocket: true);
        Name = $"ipv4:{address.Host}:{((System.Net.IPEndPoint)socket.LocalEndPoint!).Port}";
        reading = reads ? ReadAsync() : Task.CompletedTask;
    }

    /// <summary>The address of this client, as a server in gRPC names it.</summary>
    public string Name { get; }

    /// <summary>Ends when the server has closed the connection. At once for a peer that does not read.</summary>
    public Task Closed => reading;

    /// <summary>Ends with the first GOAWAY of the server, with its error code.</summary>
    public Task<int> GoneAway => goneAway.Task;

    /// <summary>The window that each of the server's streams starts with, as it announced.</summary>
    public int ServerWindow { get; private set; } = 65_535;

    /// <summary>Connects, and sends the preface with settings.</summary>
    /// <param name="address">The server.</param>
    /// <param name="window">INITIAL_WINDOW_SIZE: what each stream may send to this client.</param>
    /// <param name="reads">False: takes nothing from the socket.</param>
    /// <param name="answers">False: acknowledges neither settings nor pings.</param>
    public static async Task<Http2Peer> ConnectAsync(Uri address, int window, bool reads = true, bool answers = true)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        Http2Peer peer = new(socket, address, reads, answers);
        byte[] settings = new byte[18];

        // HEADER_TABLE_SIZE 0, ENABLE_PUSH 0, INITIAL_WINDOW_SIZE.
        settings[1] = 1;
        settings[7] = 2;
        settings[13] = 4;
        BinaryPrimitives.WriteInt32BigEndian(settings.AsSpan(14), window);
        await peer.WriteAsync([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Http2Frame.Settings, 0, 0, settings)]);
        return peer;
    }

    /// <summary>What the server has granted on a stream (or, for 0, the connection) beyond the initial window.</summary>
    public long Granted(int id) => granted.GetValueOrDefault(id);

    /// <summary>A new stream, and the frame that opens it as a gRPC call.</summary>
    public (int Stream, byte[] Frame) Open(string path, bool endStream = false, params (string Key, string Value)[] headers)
    {
        int id = nextStream;
        nextStream += 2;
        byte[] block = Hpack.Encode(
        [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", address.Authority),
            ("content-type", "application/grpc"), ("te", "trailers"), .. headers,
        ]);
        return (id, Frame(Http2Frame.Headers, (byte)(Http2Frame.EndHeadersFlag | (endStream ? Http2Frame.EndStreamFlag : 0)), id, block));
    }

    public static byte[] Data(int id, byte[] payload, bool endStream = false) =>
        Frame(Http2Frame.Data, endStream ? Http2Frame.EndStreamFlag : (byte)0, id, payload);

    public static byte[] Reset(int id, int code = 8)
    {
        byte[] payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, code);
        return Frame(Http2Frame.Reset, 0, id, payload);
    }

    public static byte[] WindowUpdate(int id, int bytes)
    {
        byte[] payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, bytes);
        return Frame(Http2Frame.WindowUpdate, 0, id, payload);
    }

    /// <summary>Sends bytes as long as the server takes them.</summary>
    /// <returns>False when it has closed the connection.</returns>
    public async Task<bool> TrySendAsync(byte[] bytes)
    {
        try
        {
            await WriteAsync(bytes);
            return true;
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Sends frames in one packet, as far as TCP allows.</summary>
    public async Task SendAsync(params byte[][] parts) => await WriteAsync([.. parts.SelectMany(static part => part)]);

    /// <summary>The next frame other than settings, pings and window updates; null when the connection has ended.</summary>
    public async Task<Http2Frame?> ReceiveAsync()
    {
        if (!await frames.Reader.WaitToReadAsync().AsTask().Soon("No HTTP/2 frame came."))
        {
            return null;
        }

        return await frames.Reader.ReadAsync();
    }

    /// <summary>Reads a stream to its end: the header blocks it had, the bytes of its data, and whether it was reset.</summary>
    public async Task<(List<List<(string Key, string Value)>> Blocks, byte[] Body, bool WasReset)> ReceiveStreamAsync(int id)
    {
        List<List<(string, string)>> blocks = [];
        MemoryStream body = new();
        while (await ReceiveAsync() is { } frame)
        {
            if (frame.Stream != id)
            {
                continue;
            }

            if (frame.Type == Http2Frame.Headers)
            {
                blocks.Add(Hpack.Decode(frame.Payload));
            }
            else if (frame.Type == Http2Frame.Data)
            {
                body.Write(frame.Payload);
            }

            if (frame.EndsStream || frame.Type == Http2Frame.Reset)
            {
                return (blocks, body.ToArray(), frame.Type == Http2Frame.Reset);
            }
        }

        throw new IOException("The connection ended before the stream.");
    }

    /// <summary>Cuts the connection with a TCP reset.</summary>
    public void Kill()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        stream.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        await reading;
        writing.Dispose();
    }

    /// <summary>Any frame at all.</summary>
    public static byte[] Frame(byte type, byte flags, int id, byte[] payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), id);
        payload.CopyTo(frame, 9);
        return frame;
    }

    private async Task WriteAsync(byte[] bytes)
    {
        await writing.WaitAsync();
        try
        {
            await stream.WriteAsync(bytes);
        }
        finally
        {
            writing.Release();
        }
    }

    private Task AnswerAsync(byte[] frame) => answers ? WriteAsync(frame) : Task.CompletedTask;

    private async Task ReadAsync()
    {
        byte[] head = new byte[9];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(head);
                byte[] payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >>> 8];
                await stream.ReadExactlyAsync(payload);
                await TakeAsync(new Http2Frame(head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload));
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            frames.Writer.TryComplete();
        }
    }

    private async Task TakeAsync(Http2Frame frame)
    {
        switch (frame.Type)
        {
            case Http2Frame.Settings when (frame.Flags & Http2Frame.AckFlag) == 0:
                for (int at = 0; at < frame.Payload.Length; at += 6)
                {
                    if (frame.Payload[at + 1] == 4)
                    {
                        ServerWindow = BinaryPrimitives.ReadInt32BigEndian(frame.Payload.AsSpan(at + 2));
                    }
                }

                await AnswerAsync(Frame(Http2Frame.Settings, Http2Frame.AckFlag, 0, []));
                break;
            case Http2Frame.Ping when (frame.Flags & Http2Frame.AckFlag) == 0:
                await AnswerAsync(Frame(Http2Frame.Ping, Http2Frame.AckFlag, 0, frame.Payload));
                break;
            case Http2Frame.WindowUpdate:
                long bytes = BinaryPrimitives.ReadInt32BigEndian(frame.Payload);
                granted.AddOrUpdate(frame.Stream, bytes, (_, before) => before + bytes);
                break;
            case Http2Frame.Data or Http2Frame.Headers or Http2Frame.Reset or Http2Frame.GoAway:
                if (frame.Type == Http2Frame.GoAway)
                {
                    goneAway.TrySetResult(BinaryPrimitives.ReadInt32BigEndian(frame.Payload.AsSpan(4)));
                }

                frames.Writer.TryWrite(frame);
                break;
        }
    }
}
