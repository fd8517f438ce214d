using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace GrpcRouter;

/// <summary>
/// The client leg on ASP.NET Core: a request on HTTP/2 or HTTP/3. Kestrel uses its stream objects again, and the leg stays with its stream,
/// so it needs no pool that all connections would share.
/// </summary>
internal sealed class HttpLeg : ClientLeg
{
    /// <summary>The content type of every response.</summary>
    public const string ContentType = "application/grpc";

    private static readonly object StateKey = new();
    private static readonly string[] Codes = [.. Enumerable.Range(0, 17).Select(static code => code.ToString(CultureInfo.InvariantCulture))];

    private readonly StartBlock start = new();
    private readonly HttpCaller caller = new();
    private HttpContext context = null!;
    private IHttpRequestFeature request = null!;
    private IHttpResponseFeature response = null!;
    private PeerConnection? connection;
    private PipeReader? requestBody;
    private PipeWriter? responseBody;
    private CancellationTokenRegistration abortRegistration;
    private bool headersSet;
    private bool startIsLarge;
    private bool connectionAges;
    private ConnectionBudget? budget;
    private Delivery? delivery;
    private int startedAt;
    private bool gone;

    /// <inheritdoc/>
    public override PipeReader RequestBody => requestBody ??= context.Request.BodyReader;

    /// <inheritdoc/>
    public override PipeWriter ResponseBody => responseBody ??= context.Response.BodyWriter;

    /// <summary>The peer's, or what the application's forwarded-headers middleware made of it. Kestrel has one object for a connection.</summary>
    public override IPAddress? Address => context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;

    /// <inheritdoc/>
    public override PeerConnection? Connection => connection ??= PeerConnections.Of(context);

    /// <inheritdoc/>
    public override PeerIdentity? Identity => caller.Identity;

    /// <inheritdoc/>
    public override string? Tenant => caller.Tenant;

    /// <summary>Who makes the call.</summary>
    public HttpCaller Caller => caller;

    /// <inheritdoc/>
    public override string? TimeoutHeader => request.Headers.GrpcTimeout is { Count: > 0 } values ? values.ToString() : null;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Start => start.Bytes;

    /// <summary>Gives the leg of the request's stream.</summary>
    public static HttpLeg Of(HttpContext context, IHttpRequestFeature request)
    {
        IFeatureCollection features = context.Features;
        IDictionary<object, object?>? kept = features.Get<IPersistentStateFeature>()?.State;
        if (kept is null || !kept.TryGetValue(StateKey, out object? known) || known is not HttpLeg leg)
        {
            leg = new HttpLeg();
            kept?[StateKey] = leg;
        }

        leg.context = context;
        leg.request = request;
        leg.response = features.GetRequiredFeature<IHttpResponseFeature>();
        leg.headersSet = false;
        leg.caller.Reset();
        leg.gone = false;
        return leg;
    }

    /// <summary>Counts the call against its connection. The leg stays with one connection, so it looks for its budget once.</summary>
    /// <returns>False when the connection has used up what it may cancel: the call is reset.</returns>
    public bool TryEnter(ConnectionBudgets budgets)
    {
        budget ??= budgets.Of(context);
        startedAt = budgets.Seconds;
        return budget?.IsSpent != true || budget.Refuse(context);
    }

    /// <summary>Has the age of the connection watched. The leg stays with one connection, so it asks once.</summary>
    public void AgeConnection(ConnectionAges ages)
    {
        if (!connectionAges)
        {
            connectionAges = true;
            ages.Begin(context.Features);
        }
    }

    /// <inheritdoc/>
    public override int PrepareStart()
    {
        int size = start.Prepare(context, request.Headers, caller);
        startIsLarge = start.IsLarge;
        return size;
    }

    /// <inheritdoc/>
    public override string? GetHeader(string key) => request.Headers.TryGetValue(key, out StringValues values) ? values.ToString() : null;

    /// <inheritdoc/>
    public override void SetHeaders(ReadOnlySpan<byte> headers)
    {
        headersSet = true;
        IHeaderDictionary target = response.Headers;
        target.ContentType = ContentType;
        if (headers.IsEmpty || !CallHeadersFields.TryRead(headers, out CallHeadersFields fields))
        {
            return;
        }

        if (!fields.Encoding.IsEmpty)
        {
            target.GrpcEncoding = Text(fields.Encoding);
        }

        if (!fields.AcceptEncoding.IsEmpty)
        {
            target.GrpcAcceptEncoding = Text(fields.AcceptEncoding);
        }

        Append(target, headers, MetadataReader.InCallHeaders);
    }

    /// <inheritdoc/>
    public override void SetSession(string token) => response.Headers[MetadataRules.SessionKey] = token;

    /// <inheritdoc/>
    public override void SetDrain(string drainer) => EndTarget()[MetadataRules.DrainKey] = drainer;

    /// <inheritdoc/>
    public override void SetEnd(in CallEndFields end, ReadOnlySpan<byte> message)
    {
        IHeaderDictionary target = EndTarget();
        SetStatus(target, end.Code, end.Message, end.Details);
        Append(target, message, MetadataReader.InCallEnd);
    }

    /// <inheritdoc/>
    public override void SetEnd(in RouterStatus status)
    {
        IHeaderDictionary target = EndTarget();
        SetStatus(target, (uint)status.Code, Encoding.UTF8.GetBytes(status.Message), status.ToDetails());
        if (status.PushbackMilliseconds is { } wait)
        {
            target[MetadataRules.PushbackKey] = wait.ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        gone = true;
        context.Abort();
    }

    /// <inheritdoc/>
    public override void WatchDelivery(DeadlineWheel timers, TimeSpan limit)
    {
        if (budget is not null)
        {
            (delivery ??= new Delivery()).Watch(context, budget, timers, limit);
        }
    }

    /// <inheritdoc/>
    public override void OnStalled(AbuseWatch watch, string what)
    {
        if (budget is null)
        {
            base.OnStalled(watch, what);
        }
        else
        {
            budget.OnStalled(what);
        }
    }

    /// <inheritdoc/>
    protected override void StartWatching() =>
        abortRegistration = context.RequestAborted.UnsafeRegister(static state => ((HttpLeg)state!).OnAborted(), this);

    /// <inheritdoc/>
    protected override void StopWatching()
    {
        abortRegistration.Dispose();
        abortRegistration = default;
        budget?.OnEnd(startedAt, cancelled: gone);
        if (startIsLarge)
        {
            start.Drop();
            startIsLarge = false;
        }

        requestBody = null;
        responseBody = null;
        context = null!;
        request = null!;
        response = null!;
    }

    private void OnAborted()
    {
        gone = true;
        OnClientGone();
    }

    // Where there was nothing before the end, the header block is the trailers (gRPC over HTTP/2, "Trailers-Only").
    private IHeaderDictionary EndTarget()
    {
        if (headersSet || response.HasStarted)
        {
            return context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        }

        response.Headers.ContentType = ContentType;
        return response.Headers;
    }

    private static void SetStatus(IHeaderDictionary target, uint code, ReadOnlySpan<byte> message, ReadOnlySpan<byte> details)
    {
        target.GrpcStatus = code < Codes.Length ? Codes[code] : code.ToString(CultureInfo.InvariantCulture);
        if (!message.IsEmpty)
        {
            target.GrpcMessage = StatusMessage.Encode(message);
        }

        if (!details.IsEmpty)
        {
            target["grpc-status-details-bin"] = Convert.ToBase64String(details).TrimEnd('=');
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
