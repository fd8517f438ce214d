using Grpc.Core;

namespace GrpcRouter;

internal sealed partial class HttpCall
{
    private string? RequestEncoding => _options.Headers?.GetValue(RequestHead.RequestEncodingKey);

    /// <summary>Sends the request, unless the call is over before it began.</summary>
    public void Start(HttpContent content)
    {
        if (Result is not null)
        {
            return;
        }

        if (_options.CancellationToken.IsCancellationRequested)
        {
            Cancel(_options.CancellationToken);
            return;
        }

        if (!StartDeadline())
        {
            return;
        }

        _registration = _options.CancellationToken.UnsafeRegister(static (state, token) => ((HttpCall)state!).Cancel(token), this);
        if (Result is not null)
        {
            _registration.Unregister();
            return;
        }

        _ = RunAsync(content);
    }

    private static bool HasDeadline(DateTime? deadline) => deadline is { } time && time != DateTime.MaxValue;

    private bool StartDeadline()
    {
        if (!HasDeadline(_options.Deadline))
        {
            return true;
        }

        if (TimeLeft() is var left && left <= TimeSpan.Zero)
        {
            Expire();
            return false;
        }

        _deadline = new(_settings.Time, left, Expire);
        _deadline.Start();
        return true;
    }

    private void Expire() => Finish(CallResult.GivenUp(StatusCode.DeadlineExceeded, "The deadline passed before the call was over."));

    private TimeSpan TimeLeft() => _options.Deadline!.Value - _settings.Time.GetUtcNow().UtcDateTime;

    private async Task RunAsync(HttpContent content)
    {
        try
        {
            var request = RequestHead.Create(_endpoint.Address, _method.FullName, _host, content);
            await AddHeadersAsync(request).ConfigureAwait(false);
            Accept(await _endpoint.SendAsync(request, Stopping).ConfigureAwait(false));
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    private async Task AddHeadersAsync(HttpRequestMessage request)
    {
        var headers = request.Headers;
        RequestHead.AddMetadata(headers, _options.Headers ?? Metadata.Empty);
        RequestHead.AddMetadata(headers, await ReadCredentialsAsync().ConfigureAwait(false));
        headers.TryAddWithoutValidation("user-agent", ClientUserAgent.Value);
        headers.TryAddWithoutValidation("grpc-accept-encoding", _settings.Encodings.Accepted);
        if (RequestEncoding is { } encoding)
        {
            headers.TryAddWithoutValidation("grpc-encoding", encoding);
        }

        if (HasDeadline(_options.Deadline))
        {
            headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeout.Format(TimeLeft()));
        }
    }

    private async ValueTask<Metadata> ReadCredentialsAsync()
    {
        var ofCall = _options.Credentials is { } credentials && _settings.SendsCallCredentials ? CallCredentialsReader.Read(credentials) : [];
        if (ofCall.Count + _settings.ChannelCredentials.Count == 0)
        {
            return Metadata.Empty;
        }

        Metadata metadata = [];
        AuthInterceptorContext context = new($"{_endpoint.Address.GetLeftPart(UriPartial.Authority)}/{_method.ServiceName}", _method.Name, Stopping);
        foreach (var interceptor in _settings.ChannelCredentials.Concat(ofCall))
        {
            await interceptor(context, metadata).ConfigureAwait(false);
        }

        return metadata;
    }

    private void Accept(HttpResponseMessage response)
    {
        bool over;
        lock (_gate)
        {
            _response = response;
            over = _result is not null;
        }

        if (over)
        {
            response.Dispose();
            return;
        }

        if (ReceivedStatus.IsIn(response.Headers))
        {
            _headers.TrySetResult([]);
            Finish(new(Judge(ReceivedStatus.From(response.Headers), _singleResponse), ReceivedMetadata.From(response.Headers)));
        }
        else if (ResponseHead.FindFault(response) is { } fault)
        {
            Finish(new(fault, []));
        }
        else
        {
            _headers.TrySetResult(ReceivedMetadata.From(response.Headers));
            _messages.TrySetResult(CreateReader(response));
        }
    }

    private MessageReader CreateReader(HttpResponseMessage response) => new(
        response.Content.ReadAsStream(Stopping),
        _settings.Limits,
        _settings.Encodings.ForResponses(ResponseHead.Encoding(response)),
        () => ReceivedStatus.IsIn(response.TrailingHeaders) && ReceivedStatus.From(response.TrailingHeaders).StatusCode != StatusCode.OK,
        Stopping);
}
