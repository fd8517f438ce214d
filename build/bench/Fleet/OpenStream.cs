using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace GrpcRouter.Bench;

/// <summary>
/// A connection to a plain server with one open stream on it, after one message each way: what an idle instance costs any server on Kestrel.
/// </summary>
internal sealed class OpenStream : HttpContent
{
    private const int PrefixLength = 5;

    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OpenStream() => Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

    public static async Task<Stream> StartAsync(int port, CancellationToken cancellation)
    {
        // Nothing but the invoker refers to the handler, and nothing but the stream to the connection.
        HttpMessageInvoker http = new(new SocketsHttpHandler { UseProxy = false });
        HttpRequestMessage request = new(HttpMethod.Post, $"http://127.0.0.1:{port}/greet.Greeter/Chat")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new OpenStream(),
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        HttpResponseMessage response = await http.SendAsync(request, cancellation);
        Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
        byte[] prefix = new byte[PrefixLength];
        await stream.ReadExactlyAsync(prefix, cancellation);
        byte[] reply = new byte[prefix[^1]];
        await stream.ReadExactlyAsync(reply, cancellation);
        return HelloReply.Parser.ParseFrom(reply).Message == "Hello fleet" ? stream : throw new InvalidDataException("The server did not answer.");
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        byte[] message = new HelloRequest { Name = "fleet" }.ToByteArray();
        await stream.WriteAsync((byte[])[0, 0, 0, 0, (byte)message.Length, .. message]);
        await stream.FlushAsync();
        await _open.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
