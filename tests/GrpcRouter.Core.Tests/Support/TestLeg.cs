using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>A client in memory. It records how its call ended, and how often.</summary>
internal sealed class TestLeg : ClientLeg
{
    private readonly Pipe request;
    private readonly Pipe response;
    private readonly List<string> outcomes = [];
    private int gone;

    /// <param name="responseLimit">Bytes of the response that may lie unread before writes wait; 0: any.</param>
    public TestLeg(long responseLimit = 0)
    {
        Reads = responseLimit == 0;
        request = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false));
        response = new Pipe(new PipeOptions(pauseWriterThreshold: responseLimit, resumeWriterThreshold: responseLimit / 2, useSynchronizationContext: false));
    }

    public override PipeReader RequestBody => request.Reader;

    public override PipeWriter ResponseBody => response.Writer;

    public override PeerIdentity? Identity => Caller;

    public override IPAddress? Address => From;

    public override PeerConnection? Connection => On;

    public override string? TimeoutHeader => Timeout;

    public PeerConnection? On { get; init; }

    public PeerIdentity? Caller { get; init; }

    public string? OfTenant { get; init; }

    public IPAddress? From { get; init; }

    public string? Timeout { get; init; }

    /// <summary>What the test says, or whatever the call says under <c>x-tenant</c>.</summary>
    public override string? Tenant => OfTenant ?? GetHeader("x-tenant");

    /// <summary>The response never waits for the test to read it.</summary>
    public bool Reads { get; }

    /// <summary>What it brings along.</summary>
    public CallStart Opening { get; init; } = new() { Authority = "probe.example", Peer = "ipv4:192.0.2.9:9" };

    /// <summary>Runs on the response pump, after it has taken headers and messages and before it flushes them.</summary>
    public Action? OnHeaders { get; init; }

    /// <summary>Ends when the router is done with the call.</summary>
    public Task Done { get; set; } = Task.CompletedTask;

    public CallHeaders? Headers { get; private set; }

    public CallEnd? End { get; private set; }

    public RouterStatus? RouterEnd { get; private set; }

    public bool Aborted { get; private set; }

    /// <summary>Who the router said is leaving.</summary>
    public string? Drainer { get; private set; }

    /// <summary>What keeps the session with its instance.</summary>
    public string? Session { get; private set; }

    /// <summary>Each end or abort that the router gave, in order.</summary>
    public IReadOnlyList<string> Outcomes => outcomes;

    public override string? GetHeader(string key)
    {
        string[] values = [.. Opening.Metadata.Where(entry => entry.Key == key).Select(static entry => entry.Value.ToStringUtf8())];
        return values.Length == 0 ? null : string.Join(',', values);
    }

    public override ReadOnlySpan<byte> Start => Opening.ToByteArray();

    public override int PrepareStart()
    {
        return Opening.Metadata.Sum(static entry => entry.Key.Length + entry.Value.Length + MetadataRules.EntryOverhead);
    }

    public override void SetHeaders(ReadOnlySpan<byte> headers)
    {
        Assert.Null(Headers);
        Assert.Empty(outcomes);
        Headers = CallHeaders.Parser.ParseFrom(headers);
        OnHeaders?.Invoke();
    }

    public override void SetSession(string token)
    {
        Assert.NotNull(Headers);
        Session = token;
    }

    public override void SetDrain(string drainer)
    {
        Assert.Empty(outcomes);
        Drainer = drainer;
    }

    public override void SetEnd(in CallEndFields end, ReadOnlySpan<byte> message)
    {
        End = CallEnd.Parser.ParseFrom(message);
        Assert.Equal(End.Code, end.Code);
        outcomes.Add($"{(StatusCode)end.Code} by the instance");
    }

    public override void SetEnd(in RouterStatus status)
    {
        RouterEnd = status;
        outcomes.Add($"{status.Code} {status.Reason}");
    }

    public override void Abort()
    {
        Aborted = true;
        outcomes.Add("aborted");
    }

    protected override void StartWatching()
    {
        if (Volatile.Read(ref gone) != 0)
        {
            OnClientGone();
        }
    }

    protected override void StopWatching()
    {
    }

    /// <summary>Resets its stream.</summary>
    public void Leave()
    {
        Volatile.Write(ref gone, 1);
        OnClientGone();
    }

    public TestLeg Send(byte[] message, bool compressed = false) => SendRaw(Framed(message, compressed));

    public TestLeg SendRaw(ReadOnlySpan<byte> bytes)
    {
        request.Writer.Write(bytes);
        Assert.True(request.Writer.FlushAsync().IsCompleted);
        return this;
    }

    public TestLeg HalfClose(Exception? error = null)
    {
        request.Writer.Complete(error);
        return this;
    }

    /// <summary>Reads so many bytes of the response.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        ReadResult result = await response.Reader.ReadAtLeastAsync(count).Soon();
        byte[] bytes = result.Buffer.Slice(0, count).ToArray();
        response.Reader.AdvanceTo(result.Buffer.GetPosition(count));
        return bytes;
    }

    /// <summary>Reads no more of the response, as a connection that is gone.</summary>
    public void CloseResponse() => response.Reader.Complete();

    /// <summary>The call is over: what there was of the response and is not read yet.</summary>
    public async Task<byte[]> BodyAsync()
    {
        await Done.Soon();
        await response.Writer.CompleteAsync();
        List<byte> body = [];
        while (true)
        {
            ReadResult result = await response.Reader.ReadAsync().Soon();
            body.AddRange(result.Buffer.ToArray());
            response.Reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return [.. body];
            }
        }
    }

    /// <summary>Waits for the end of the call and gives its only outcome.</summary>
    public async Task<string> OutcomeAsync()
    {
        await Done.Soon();
        return Assert.Single(outcomes);
    }

    public static byte[] Framed(byte[] message, bool compressed = false)
    {
        byte[] framed = new byte[message.Length + FrameField.PrefixLength];
        framed[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed, FrameField.PrefixLength);
        return framed;
    }
}
