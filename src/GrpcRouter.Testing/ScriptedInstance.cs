using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Testing;

/// <summary>
/// A registration channel in the hands of a test: it sends exactly what the test says, legal or not, and shows what the router sends.
/// It answers nothing by itself, no ping either, and reads only when asked to, so that not receiving is to be a stuck instance.
/// </summary>
/// <typeparam name="TInstanceFrame">The generated message of frames to the router.</typeparam>
/// <typeparam name="TRouterFrame">The generated message of frames from the router.</typeparam>
public sealed class ScriptedInstance<TInstanceFrame, TRouterFrame> : IAsyncDisposable
    where TInstanceFrame : class, IMessage<TInstanceFrame>, new()
    where TRouterFrame : class, IMessage<TRouterFrame>, new()
{
    private static readonly MessageParser<TRouterFrame> Parser = new(static () => new TRouterFrame());

    private readonly RoutedService service;
    private readonly HttpMessageInvoker http;
    private readonly RequestStreamContent request;
    private readonly CancellationTokenSource aborted = new();
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Task<HttpResponseMessage> response;
    private PipeReader? reader;

    private ScriptedInstance(string address, RoutedService service, Action<HttpRequestMessage>? prepare)
    {
        this.service = service;
        http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, ConnectCallback = ConnectAsync });
        request = new RequestStreamContent();
        request.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        HttpRequestMessage message = new(HttpMethod.Post, new Uri(new Uri(address), service.RegisterPath))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = request,
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        prepare?.Invoke(message);
        response = http.SendAsync(message, aborted.Token);
    }

    /// <summary>How long a send, a receive or the end may take before it fails the test. Default 30 s.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The instance's address, as the router names it in its log: <c>ipv4:127.0.0.1:40000</c>.</summary>
    public string Peer { get; private set; } = "";

    /// <summary>Opens the registration stream on a connection of its own. Nothing is sent yet.</summary>
    /// <param name="address">The router's address, such as <see cref="RouterTestHost.Address"/>.</param>
    /// <param name="service">The service, such as <c>GreeterRouter.Service</c>.</param>
    /// <param name="prepare">Adjusts the request, such as its credentials; null: nothing.</param>
    /// <exception cref="TimeoutException">The router took no connection.</exception>
    public static async Task<ScriptedInstance<TInstanceFrame, TRouterFrame>> ConnectAsync(string address, RoutedService service, Action<HttpRequestMessage>? prepare = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(service);
        ScriptedInstance<TInstanceFrame, TRouterFrame> instance = new(address, service, prepare);
        Task first = await Task.WhenAny(instance.request.Opened, instance.response).WaitAsync(instance.Patience, TimeProvider.System).ConfigureAwait(false);
        await first.ConfigureAwait(false);
        return instance;
    }

    /// <summary>Sends a valid Hello and receives the router's answer.</summary>
    /// <param name="instanceId">Names the instance.</param>
    /// <param name="change">Changes the Hello before it is sent.</param>
    /// <exception cref="InvalidOperationException">The router answered with something else; the message says with what.</exception>
    public async Task<Registered> RegisterAsync(string instanceId = "scripted", Action<Hello>? change = null)
    {
        Hello hello = new()
        {
            Versions = { 1 },
            Service = service.FullName,
            InstanceId = instanceId,
            Epoch = 1,
            InitialWindow = 64 * 1024,
            MaxFrameSize = 256 * 1024,
            UserAgent = "scripted",
        };
        change?.Invoke(hello);
        await SendControlAsync(new InstanceControl { Hello = hello }).ConfigureAwait(false);
        TRouterFrame? answer = await ReceiveAsync().ConfigureAwait(false);
        return (answer is null ? null : ControlOf(answer)?.Registered)
            ?? throw new InvalidOperationException($"The router did not register the instance, but answered: {answer?.ToString() ?? "the end of the stream"}");
    }

    /// <summary>Sends a frame.</summary>
    public Task SendAsync(TInstanceFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        byte[] bytes = new byte[FrameField.PrefixLength + frame.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), bytes.Length - FrameField.PrefixLength);
        frame.WriteTo(bytes.AsSpan(FrameField.PrefixLength));
        return SendRawAsync(bytes);
    }

    /// <summary>Sends a channel frame.</summary>
    public Task SendControlAsync(InstanceControl control)
    {
        TInstanceFrame frame = new();
        frame.Descriptor.FindFieldByNumber(FrameField.Control).Accessor.SetValue(frame, control);
        return SendAsync(frame);
    }

    /// <summary>Sends bytes as they are: the gRPC prefix is the caller's, and so is what it breaks.</summary>
    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        using CancellationTokenSource patience = new(Patience, TimeProvider.System);
        try
        {
            Stream stream = await request.Opened.WaitAsync(patience.Token).ConfigureAwait(false);
            await stream.WriteAsync(bytes, patience.Token).ConfigureAwait(false);
            await stream.FlushAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException canceled) when (patience.IsCancellationRequested)
        {
            throw new TimeoutException($"The router did not take {bytes.Length} bytes within {Patience}.", canceled);
        }
    }

    /// <summary>Receives the router's next frame; null when the router has ended the stream.</summary>
    /// <exception cref="TimeoutException">No frame came within <see cref="Patience"/>.</exception>
    /// <exception cref="IOException">The stream was reset.</exception>
    public async Task<TRouterFrame?> ReceiveAsync()
    {
        using CancellationTokenSource patience = new(Patience, TimeProvider.System);
        try
        {
            return await ReceiveAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException canceled) when (patience.IsCancellationRequested)
        {
            throw new TimeoutException($"The router sent no frame within {Patience}.", canceled);
        }
    }

    /// <summary>Receives the next frame of a call, and passes over the channel's own, such as pings.</summary>
    /// <exception cref="InvalidOperationException">The stream ended first.</exception>
    public Task<TRouterFrame> ReceiveCallAsync() =>
        ReceiveUntilAsync(static frame => (ulong)frame.Descriptor.FindFieldByNumber(FrameField.CallId).Accessor.GetValue(frame) != 0);

    /// <summary>Receives the next channel frame of a kind, and passes over all others.</summary>
    /// <param name="kind">The kind waited for.</param>
    /// <exception cref="InvalidOperationException">The stream ended first.</exception>
    public async Task<RouterControl> ReceiveControlAsync(RouterControl.KindOneofCase kind) =>
        ControlOf(await ReceiveUntilAsync(frame => ControlOf(frame)?.KindCase == kind).ConfigureAwait(false))!;

    /// <summary>Receives frames until one fits, and returns that one.</summary>
    /// <param name="fits">Says whether a frame is the one waited for.</param>
    /// <exception cref="InvalidOperationException">The stream ended first; the message lists the frames that came.</exception>
    public async Task<TRouterFrame> ReceiveUntilAsync(Func<TRouterFrame, bool> fits)
    {
        ArgumentNullException.ThrowIfNull(fits);
        List<TRouterFrame> others = [];
        while (await ReceiveAsync().ConfigureAwait(false) is { } frame)
        {
            if (fits(frame))
            {
                return frame;
            }

            others.Add(frame);
        }

        throw new InvalidOperationException($"The stream ended after: {string.Join(", ", others)}");
    }

    /// <summary>Ends the stream of the instance in order; the router's may go on.</summary>
    public void CompleteSending() => request.Complete();

    /// <summary>Cuts the connection as a crash does.</summary>
    public void Abort()
    {
        if (aborted.IsCancellationRequested)
        {
            return;
        }

        socket.Close(timeout: 0);
        aborted.Cancel();
        http.Dispose();
    }

    /// <summary>Receives what is left and returns the status that the router ended the stream with.</summary>
    /// <exception cref="IOException">The stream was reset.</exception>
    public async Task<Status> ReceiveEndAsync()
    {
        while (await ReceiveAsync().ConfigureAwait(false) is not null)
        {
        }

        HttpResponseMessage message = await response.ConfigureAwait(false);
        string? code = Header("grpc-status");
        return code is null
            ? new Status(StatusCode.Internal, $"HTTP {(int)message.StatusCode} without grpc-status")
            : new Status((StatusCode)int.Parse(code, CultureInfo.InvariantCulture), Uri.UnescapeDataString(Header("grpc-message") ?? ""));

        string? Header(string name) =>
            message.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? values) || message.Headers.TryGetValues(name, out values)
                ? values.Single()
                : null;
    }

    /// <summary>Cuts the connection if it is still there.</summary>
    public async ValueTask DisposeAsync()
    {
        Abort();
        await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (response.IsCompletedSuccessfully)
        {
            (await response.ConfigureAwait(false)).Dispose();
        }

        request.Dispose();
        aborted.Dispose();
    }

    private static RouterControl? ControlOf(TRouterFrame frame) =>
        (RouterControl?)frame.Descriptor.FindFieldByNumber(FrameField.Control).Accessor.GetValue(frame);

    // The handler gives no way to cut a connection, so the socket is ours.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
        IPEndPoint local = (IPEndPoint)socket.LocalEndPoint!;
        Peer = $"ipv4:{local.Address.MapToIPv4()}:{local.Port}";
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task<TRouterFrame?> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (reader is null)
        {
            HttpResponseMessage message = await response.WaitAsync(cancellationToken).ConfigureAwait(false);
            reader = PipeReader.Create(await message.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        }

        ReadResult prefix = await reader.ReadAtLeastAsync(FrameField.PrefixLength, cancellationToken).ConfigureAwait(false);
        if (prefix.Buffer.Length < FrameField.PrefixLength)
        {
            return prefix.Buffer.IsEmpty ? null : throw new InvalidDataException("The router ended the stream within a frame.");
        }

        byte[] bytes = prefix.Buffer.Slice(0, FrameField.PrefixLength).ToArray();
        int length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1));
        reader.AdvanceTo(prefix.Buffer.GetPosition(FrameField.PrefixLength));
        ReadResult body = await reader.ReadAtLeastAsync(length, cancellationToken).ConfigureAwait(false);
        if (bytes[0] != 0 || body.Buffer.Length < length)
        {
            throw new InvalidDataException("The router sent no whole uncompressed frame.");
        }

        TRouterFrame frame = Parser.ParseFrom(body.Buffer.Slice(0, length));
        reader.AdvanceTo(body.Buffer.GetPosition(length));
        return frame;
    }
}
