using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace GrpcRouter.FunctionalTests;

/// <summary>A client that sends the bytes a test gives it and shows the response unparsed.</summary>
/// <param name="address">The router.</param>
/// <param name="from">The address to call from; null: any.</param>
internal sealed class RawClient(string address, IPAddress? from = null) : IDisposable
{
    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        EnableMultipleHttp2Connections = true,
        ConnectCallback = from is null ? null : async (context, cancellationToken) =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    /// <summary>A message with its gRPC prefix.</summary>
    public static byte[] Message(byte[] payload, bool compressed = false)
    {
        byte[] message = new byte[5 + payload.Length];
        message[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), payload.Length);
        payload.CopyTo(message, 5);
        return message;
    }

    public Task<RawResponse> CallAsync(string path, byte[] body, params (string Key, string Value)[] headers) =>
        SendAsync(path, new ByteArrayContent(body), headers);

    public async Task<RawResponse> SendAsync(string path, HttpContent content, params (string Key, string Value)[] headers)
    {
        using HttpResponseMessage response = await StartAsync(path, content, headers);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        return new RawResponse(response.StatusCode, Fields(response.Headers, response.Content.Headers), body, Fields(response.TrailingHeaders));
    }

    /// <summary>Sends a request and gives back the response as soon as its headers are there.</summary>
    public async Task<HttpResponseMessage> StartAsync(string path, HttpContent content, params (string Key, string Value)[] headers)
    {
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(address + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType ??= new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach ((string key, string value) in headers)
        {
            if (key == "content-type")
            {
                content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(key, value);
            }
        }

        return await http.SendAsync(request, CancellationToken.None).Soon($"No response headers for {path}.");
    }

    public void Dispose() => http.Dispose();

    private static Dictionary<string, string[]> Fields(params HttpHeaders[] sections) =>
        sections.SelectMany(static section => section.NonValidated).ToDictionary(
            static field => field.Key.ToLowerInvariant(), static field => field.Value.ToArray(), StringComparer.Ordinal);
}
