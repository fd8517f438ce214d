using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using Grpc.Core;
using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcRouter.Bench;

/// <summary>One call on Kestrel: framing, status and what a method may ask of its context.</summary>
internal sealed class ServerCall : ServerCallContext
{
    private const int PrefixLength = 5;
    private const int MaxMessageLength = 4 * 1024 * 1024;

    private static readonly AuthContext Anonymous = new(null, []);

    private readonly HttpContext _http;
    private readonly PipeReader _input;
    private readonly CancellationTokenSource? _deadlineSource;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;

    private ServerCall(HttpContext http)
    {
        _http = http;
        _input = http.Request.BodyReader;
        if (http.Request.Headers.TryGetValue("grpc-timeout", out var value) && GrpcTimeout.TryParse(value.ToString(), out TimeSpan timeout))
        {
            DeadlineCore = DateTime.UtcNow + timeout;
            _deadlineSource = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            _deadlineSource.CancelAfter(timeout);
        }
    }

    // Kestrel fails reads and writes of an aborted request by itself; asking for its token would make one for every call.
    private CancellationToken DeadlineToken => _deadlineSource?.Token ?? default;

    protected override string MethodCore => _http.Request.Path.Value!;

    protected override string HostCore => _http.Request.Host.Value ?? "";

    protected override string PeerCore => $"ipv4:{_http.Connection.RemoteIpAddress}:{_http.Connection.RemotePort}";

    protected override DateTime DeadlineCore { get; } = DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadHeaders(_http.Request.Headers);

    protected override CancellationToken CancellationTokenCore => _deadlineSource?.Token ?? _http.RequestAborted;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => Anonymous;

    public static async Task RunAsync(HttpContext http, Func<ServerCall, Task> method)
    {
        if (http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true)
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        http.Response.ContentType = "application/grpc";
        ServerCall call = new(http);
        try
        {
            await method(call);
        }
        catch (RpcException failure)
        {
            call.Status = failure.Status;
        }
        catch (OperationCanceledException) when (call.CancellationToken.IsCancellationRequested)
        {
            call.Status = new Status(http.RequestAborted.IsCancellationRequested ? StatusCode.Cancelled : StatusCode.DeadlineExceeded, "");
        }
        catch (Exception failure) when (failure is not IOException)
        {
            call.Status = new Status(StatusCode.Unknown, "The method failed.");
        }
        finally
        {
            call._deadlineSource?.Dispose();
        }

        call.WriteStatus();
    }

    /// <summary>Reads the one request of a call whose client does not stream.</summary>
    public async ValueTask<T> ReadSingleAsync<T>(Func<DeserializationContext, T> deserializer)
        where T : class
    {
        T request = await ReadAsync(deserializer, DeadlineToken)
            ?? throw new RpcException(new Status(StatusCode.Unimplemented, "A request is missing."));
        ReadResult rest = await _input.ReadAsync(DeadlineToken);
        return rest.Buffer.IsEmpty && rest.IsCompleted
            ? request
            : throw new RpcException(new Status(StatusCode.Unimplemented, "One request was due."));
    }

    /// <summary>Reads the next request; null at the end.</summary>
    public async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            ReadResult read = await _input.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (TryCut(ref buffer, out ReadOnlySequence<byte> payload))
            {
                T message = IncomingPayload.Parse(deserializer, payload);
                _input.AdvanceTo(buffer.Start);
                return message;
            }

            _input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                return buffer.IsEmpty ? null : throw new RpcException(new Status(StatusCode.Internal, "The last message is cut off."));
            }
        }
    }

    public async ValueTask WriteAsync<T>(Action<T, SerializationContext> serializer, T message, bool flush)
    {
        if (!_http.Response.HasStarted)
        {
            await _http.Response.StartAsync(DeadlineToken);
        }

        PipeWriter output = _http.Response.BodyWriter;
        OutgoingPayload.Write(serializer, message, output);
        if (flush)
        {
            await output.FlushAsync(DeadlineToken);
        }
    }

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        foreach (Metadata.Entry entry in responseHeaders)
        {
            _http.Response.Headers.Append(entry.Key, ValueOf(entry));
        }

        return _http.Response.BodyWriter.FlushAsync(DeadlineToken).AsTask();
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException();

    private static bool TryCut(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        if (buffer.Length < PrefixLength)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (prefix[0] != 0)
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, "Compressed messages are not supported."));
        }

        if (length > MaxMessageLength)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "The message is too large."));
        }

        if (buffer.Length < PrefixLength + length)
        {
            return false;
        }

        payload = buffer.Slice(PrefixLength, length);
        buffer = buffer.Slice(payload.End);
        return true;
    }

    private static Metadata ReadHeaders(IHeaderDictionary headers)
    {
        Metadata metadata = [];
        foreach ((string name, var values) in headers)
        {
            string key = name.ToLowerInvariant();
            foreach (string? value in MetadataRules.IsReserved(key) ? default : values)
            {
                metadata.Add(key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal)
                    ? new Metadata.Entry(key, Convert.FromBase64String(value!.PadRight((value.Length + 3) / 4 * 4, '=')))
                    : new Metadata.Entry(key, value!));
            }
        }

        return metadata;
    }

    private static string ValueOf(Metadata.Entry entry) => entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value;

    private void WriteStatus()
    {
        // Before the first byte of the body, what would be trailers goes out as the only headers.
        IHeaderDictionary trailers = _http.Response.HasStarted
            ? _http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : _http.Response.Headers;
        trailers["grpc-status"] = StatusCore.StatusCode == StatusCode.OK ? "0" : StatusCore.StatusCode.ToString("D");
        if (!string.IsNullOrEmpty(StatusCore.Detail))
        {
            trailers["grpc-message"] = StatusMessage.Encode(Encoding.UTF8.GetBytes(StatusCore.Detail));
        }

        foreach (Metadata.Entry entry in _responseTrailers ?? [])
        {
            trailers.Append(entry.Key, ValueOf(entry));
        }
    }
}
