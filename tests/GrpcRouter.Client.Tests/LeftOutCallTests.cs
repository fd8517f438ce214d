using System.Net;

namespace GrpcRouter.Client.Tests;

public sealed class LeftOutCallTests
{
    private const long NoError = 0;
    private const long InternalError = 2;

    [Fact]
    public async Task A_call_that_a_connection_closed_in_order_left_out_is_made_at_the_next_router()
    {
        using ClosingRouter routers = new(NoError);
        using GrpcChannel channel = routers.OpenChannel();

        await new Echo.EchoClient(channel).OneAsync(new Line()).ResponseAsync.Soon("The call did not end.");

        Assert.Equal(["one", "two"], routers.Asked);
    }

    [Fact]
    public async Task A_stream_that_a_connection_closed_in_order_left_out_is_unavailable_and_not_made_again()
    {
        using ClosingRouter routers = new(NoError);
        using GrpcChannel channel = routers.OpenChannel();
        using AsyncDuplexStreamingCall<Line, Line> chat = new Echo.EchoClient(channel).Chat();

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => chat.ResponseStream.MoveNext(TestContext.Current.CancellationToken).Soon("The stream did not end."));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal(["one"], routers.Asked);
    }

    [Fact]
    public async Task A_call_that_another_protocol_error_ended_is_not_made_again()
    {
        using ClosingRouter routers = new(InternalError);
        using GrpcChannel channel = routers.OpenChannel();

        await Assert.ThrowsAsync<RpcException>(() => new Echo.EchoClient(channel).OneAsync(new Line()).ResponseAsync.Soon("The call did not end."));

        Assert.Equal(["one"], routers.Asked);
    }

    // The first router closes its connection under the call; the others answer.
    private sealed class ClosingRouter(long errorCode) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        public GrpcChannel OpenChannel() => GrpcChannel.ForAddress("http://one", new GrpcChannelOptions
        {
            HttpHandler = new FailoverHandler(
                [new Uri("http://one"), new Uri("http://two")], new HttpMessageInvoker(this, disposeHandler: false), new ReadyWaits(TimeSpan.Zero, TimeSpan.Zero)),
        });

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.Host);
            if (Asked.Count == 1)
            {
                HttpProtocolException cause = new(errorCode, "The HTTP/2 server closed the connection.", innerException: null);
                throw new HttpRequestException(HttpRequestError.HttpProtocolError, cause.Message, cause);
            }

            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            HttpResponseMessage response = new(HttpStatusCode.OK) { Version = HttpVersion.Version20, RequestMessage = request, Content = new ByteArrayContent([0, 0, 0, 0, 0]) };
            response.Content.Headers.ContentType = new("application/grpc");
            response.TrailingHeaders.Add("grpc-status", "0");
            return response;
        }
    }
}
