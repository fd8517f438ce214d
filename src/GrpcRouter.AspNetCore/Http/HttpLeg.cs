using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace GrpcRouter;

/// <summary>The client leg on ASP.NET Core: a request on HTTP/2 or HTTP/3.</summary>
internal sealed class HttpLeg : ClientLeg
{
    /// <summary>The content type of every response.</summary>
    public const string ContentType = "application/grpc";

    // As many as are under way on a busy small router; more are left to the collector.
    private const int PoolCapacity = 4096;

    private static readonly ConcurrentQueue<HttpLeg> Pool = new();
    private static int pooled;
    private static readonly string[] Codes = [.. Enumerable.Range(0, 17).Select(static code => code.ToString(CultureInfo.InvariantCulture))];

    private HttpContext context = null!;
    private CancellationTokenRegistration abortRegistration;
    private bool headersSet;

    /// <inheritdoc/>
    public override PipeReader RequestBody => context.Request.BodyReader;

    /// <inheritdoc/>
    public override PipeWriter ResponseBody => context.Response.BodyWriter;

    /// <inheritdoc/>
    public override string? TimeoutHeader => context.Request.Headers["grpc-timeout"] is { Count: > 0 } values ? values.ToString() : null;

    public static HttpLeg Rent(HttpContext context)
    {
        if (Pool.TryDequeue(out HttpLeg? leg))
        {
            Interlocked.Decrement(ref pooled);
        }
        else
        {
            leg = new HttpLeg();
        }

        leg.context = context;
        leg.headersSet = false;
        return leg;
    }

    public void Return()
    {
        context = null!;
        if (Interlocked.Increment(ref pooled) <= PoolCapacity)
        {
            Pool.Enqueue(this);
        }
        else
        {
            Interlocked.Decrement(ref pooled);
        }
    }

    /// <inheritdoc/>
    public override int WriteStart(FrameBuffer buffer)
    {
        int size = 0;
        foreach ((string key, StringValues values) in context.Request.Headers)
        {
            if (MetadataRules.IsReserved(key))
            {
                continue;
            }

            foreach (string? value in values)
            {
                size += WriteEntry(buffer, key, value ?? "");
            }
        }

        IHeaderDictionary headers = context.Request.Headers;
        WriteText(buffer, CallStartFields.EncodingField, headers["grpc-encoding"]);
        WriteText(buffer, CallStartFields.AcceptEncodingField, headers["grpc-accept-encoding"]);
        WriteText(buffer, CallStartFields.AuthorityField, context.Request.Host.Value);
        WriteText(buffer, CallStartFields.PeerField, PeerName.Of(context));
        return size;
    }

    /// <inheritdoc/>
    public override void SetHeaders(ReadOnlySpan<byte> headers)
    {
        headersSet = true;
        HttpResponse response = context.Response;
        response.ContentType = ContentType;
        if (headers.IsEmpty || !CallHeadersFields.TryRead(headers, out CallHeadersFields fields))
        {
            return;
        }

        if (!fields.Encoding.IsEmpty)
        {
            response.Headers["grpc-encoding"] = Text(fields.Encoding);
        }

        if (!fields.AcceptEncoding.IsEmpty)
        {
            response.Headers["grpc-accept-encoding"] = Text(fields.AcceptEncoding);
        }

        Append(response.Headers, headers, MetadataReader.InCallHeaders);
    }

    /// <inheritdoc/>
    public override void SetEnd(in CallEndFields end, ReadOnlySpan<byte> message)
    {
        IHeaderDictionary target = EndTarget();
        SetStatus(target, end.Code, end.Message, end.Details);
        Append(target, message, MetadataReader.InCallEnd);
    }

    /// <inheritdoc/>
    public override void SetEnd(in RouterStatus status) =>
        SetStatus(EndTarget(), (uint)status.Code, Encoding.UTF8.GetBytes(status.Message), status.ToDetails());

    /// <inheritdoc/>
    public override void Abort() => context.Abort();

    /// <inheritdoc/>
    protected override void StartWatching() =>
        abortRegistration = context.RequestAborted.UnsafeRegister(static state => ((HttpLeg)state!).OnClientGone(), this);

    /// <inheritdoc/>
    protected override void StopWatching() => abortRegistration.Dispose();

    // Where there was nothing before the end, the header block is the trailers (gRPC over HTTP/2, "Trailers-Only").
    private IHeaderDictionary EndTarget()
    {
        if (headersSet || context.Response.HasStarted)
        {
            return context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        }

        context.Response.ContentType = ContentType;
        return context.Response.Headers;
    }

    private static void SetStatus(IHeaderDictionary target, uint code, ReadOnlySpan<byte> message, ReadOnlySpan<byte> details)
    {
        target["grpc-status"] = code < Codes.Length ? Codes[code] : code.ToString(CultureInfo.InvariantCulture);
        if (!message.IsEmpty)
        {
            target["grpc-message"] = StatusMessage.Encode(message);
        }

        if (!details.IsEmpty)
        {
            target["grpc-status-details-bin"] = Convert.ToBase64String(details).TrimEnd('=');
        }
    }

    private static int WriteEntry(FrameBuffer buffer, string key, string value)
    {
        int entry = buffer.BeginNested(MetadataReader.InCallStart);
        buffer.WriteLengthPrefix(1, key.Length);
        Span<byte> lower = buffer.GetSpan(key.Length)[..key.Length];
        for (int i = 0; i < key.Length; i++)
        {
            lower[i] = (byte)char.ToLowerInvariant(key[i]);
        }

        buffer.Advance(key.Length);
        buffer.WriteString(2, value);
        buffer.EndNested(entry);
        return key.Length + value.Length + MetadataRules.EntryOverhead;
    }

    private static void WriteText(FrameBuffer buffer, int field, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            buffer.WriteString(field, value);
        }
    }

    private static void Append(IHeaderDictionary target, ReadOnlySpan<byte> message, int field)
    {
        MetadataReader entries = new(message, field);
        while (entries.Read())
        {
            string key = Text(entries.Key);
            if (!MetadataRules.IsReserved(key))
            {
                target.Append(key, Text(entries.Value));
            }
        }
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.ASCII.GetString(value);
}
