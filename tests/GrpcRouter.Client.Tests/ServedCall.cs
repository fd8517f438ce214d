using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcRouter.Client.Tests;

/// <summary>The server's side of one call, in raw frames and headers.</summary>
internal sealed class ServedCall
{
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServedCall(HttpContext http)
    {
        Http = http;
        Http.Response.ContentType = "application/grpc";
        Http.RequestAborted.Register(_aborted.SetResult);
    }

    public HttpContext Http { get; }

    public IHeaderDictionary RequestHeaders => Http.Request.Headers;

    /// <summary>Completes when the client resets the stream or its connection is lost.</summary>
    public Task Aborted => _aborted.Task;

    public async Task<string?> ReadAsync() => await ReadFrameAsync() is { } frame ? Encoding.UTF8.GetString(frame.Payload) : null;

    public async Task<(bool Compressed, byte[] Payload)?> ReadFrameAsync()
    {
        var header = new byte[5];
        if (await Http.Request.Body.ReadAtLeastAsync(header, 5, throwOnEndOfStream: false) == 0)
        {
            return null;
        }

        var payload = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1))];
        await Http.Request.Body.ReadExactlyAsync(payload);
        return (header[0] == 1, payload);
    }

    public async Task SendHeadersAsync()
    {
        await Http.Response.StartAsync();
        await Http.Response.Body.FlushAsync();
    }

    public Task WriteAsync(string message) => WriteFrameAsync(Encoding.UTF8.GetBytes(message));

    public Task WriteFrameAsync(byte[] payload, byte flag = 0) => WriteRawAsync(Frame(payload, flag, (uint)payload.Length));

    public async Task WriteRawAsync(byte[] bytes)
    {
        await Http.Response.Body.WriteAsync(bytes);
        await Http.Response.Body.FlushAsync();
    }

    public static byte[] Frame(byte[] payload, byte flag, uint length)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    public void End(StatusCode status = StatusCode.OK, string? message = null)
    {
        Http.Response.AppendTrailer("grpc-status", ((int)status).ToString());
        if (message is not null)
        {
            Http.Response.AppendTrailer("grpc-message", message);
        }
    }

    /// <summary>Ends the call before it has sent anything: status and headers in one frame.</summary>
    public void EndWithoutHeaders(StatusCode status, string? message = null)
    {
        Http.Response.Headers["grpc-status"] = ((int)status).ToString();
        if (message is not null)
        {
            Http.Response.Headers["grpc-message"] = message;
        }
    }

    public void Reset(int errorCode) => Http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(errorCode);

    public void LoseConnection() => Http.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();

    public static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream target = new();
        using (GZipStream gzip = new(target, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }

    public static byte[] Gunzip(byte[] bytes)
    {
        using GZipStream gzip = new(new MemoryStream(bytes), CompressionMode.Decompress);
        using MemoryStream target = new();
        gzip.CopyTo(target);
        return target.ToArray();
    }
}
