using Grpc.Core;

namespace GrpcRouter;

/// <summary>One call on its way over HTTP. It ends once, by whatever comes first: its status, an error, or being given up.</summary>
internal sealed partial class HttpCall : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<MessageReader?> _messages = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CallResult> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RouterEndpoint _endpoint;
    private readonly CallSettings _settings;
    private readonly IMethod _method;
    private readonly string? _host;
    private readonly CallOptions _options;
    private readonly bool _singleResponse;
    private readonly Action<HttpCall> _forget;
    private CancellationTokenRegistration _registration;
    private DeadlineTimer? _deadline;
    private HttpResponseMessage? _response;
    private CallResult? _result;

    public HttpCall(
        RouterEndpoint endpoint,
        CallSettings settings,
        IMethod method,
        string? host,
        CallOptions options,
        bool singleResponse,
        Action<HttpCall> forget)
    {
        _endpoint = endpoint;
        _settings = settings;
        _method = method;
        _host = host;
        _options = options;
        _singleResponse = singleResponse;
        _forget = forget;
        Stopping = _stop.Token;
        TaskObserver.Observe(_headers.Task);
    }

    /// <summary>Cancelled when the call is over.</summary>
    public CancellationToken Stopping { get; }

    public Task<Metadata> Headers => _headers.Task;

    /// <summary>The messages of the response, or null when the call ended without any.</summary>
    public Task<MessageReader?> Messages => _messages.Task;

    /// <summary>How the call ended, once it has.</summary>
    public Task<CallResult> Finished => _finished.Task;

    public CallResult? Result => Volatile.Read(ref _result);

    public Status GetStatus() => (Result ?? throw new InvalidOperationException("The call is not over, so it has no status yet.")).Status;

    public Metadata GetTrailers() => (Result ?? throw new InvalidOperationException("The call is not over, so it has no trailers yet.")).Trailers;

    public Exception CreateException(CallResult result) => result.ToException(_settings.ThrowsOperationCanceled);

    /// <summary>Serializes the requests of the call. With an encoding that the channel lacks the call fails.</summary>
    public MessageSerializer CreateSerializer()
    {
        ICompressionProvider? encoding = null;
        try
        {
            encoding = _settings.Encodings.ForRequests(RequestEncoding);
        }
        catch (RpcException error)
        {
            Fail(error);
        }

        return new(_settings.Limits, encoding);
    }

    public void Cancel(CancellationToken token) =>
        Finish(CallResult.GivenUp(StatusCode.Cancelled, "The call was cancelled by its caller.", token));

    public void Dispose() => Finish(CallResult.GivenUp(StatusCode.Cancelled, "The call was disposed."));

    public void Fail(Exception error) => Finish(new(TransportFailure.ToStatus(error), (error as RpcException)?.Trailers ?? Metadata.Empty));

    /// <summary>Ends the call with the status in the trailers, now that the body is read.</summary>
    public void FinishFromTrailers(bool messageMissing)
    {
        var trailers = _response!.TrailingHeaders;
        Finish(new(Judge(ReceivedStatus.From(trailers), messageMissing), ReceivedMetadata.From(trailers)));
    }

    private static Status Judge(Status status, bool messageMissing) => messageMissing && status.StatusCode == StatusCode.OK
        ? new(StatusCode.Internal, "The server ended the call with OK but without a message.")
        : status;

    private void Finish(CallResult result)
    {
        HttpResponseMessage? response;
        lock (_gate)
        {
            if (_result is not null)
            {
                return;
            }

            Volatile.Write(ref _result, result);
            response = _response;
        }

        _deadline?.Dispose();
        _registration.Unregister();
        try
        {
            _stop.Cancel();
            response?.Dispose();
        }
        finally
        {
            Publish(result);
        }
    }

    private void Publish(CallResult result)
    {
        _forget(this);
        _finished.SetResult(result);
        _messages.TrySetResult(null);
        if (!_headers.Task.IsCompleted)
        {
            _headers.TrySetException(CreateException(result));
        }
    }
}
