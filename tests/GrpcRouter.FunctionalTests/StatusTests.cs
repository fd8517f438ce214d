using System.Text;
using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

public sealed class StatusTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(99)]
    [InlineData(4_000_000_000)]
    public async Task Any_status_code_passes(uint code)
    {
        RawResponse response = await EndAsync(new CallEnd { Code = code, Message = "m" });

        Assert.Equal(code.ToString(System.Globalization.CultureInfo.InvariantCulture), response.Status);
        Assert.Null(response.RouterReason);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("100%", "100%25")]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n", "%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and non-BMP %F0%9F%98%88%09%0A")]
    [InlineData(" edges ", "%20edges%20")]
    [InlineData("a\0b", "a%00b")]
    public async Task A_status_message_is_percent_encoded(string message, string encoded)
    {
        RawResponse response = await EndAsync(new CallEnd { Code = 2, Message = message });

        Assert.Equal(encoded, response.Message);
    }

    [Fact]
    public async Task A_status_message_comes_to_the_client_as_the_handler_gave_it()
    {
        const string message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
        Rig rig = await StartAsync();
        rig.Service.OnUnary = static (_, _) => throw new RpcException(new Status(StatusCode.Unknown, message));

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk()));

        Assert.Equal(new Status(StatusCode.Unknown, message).ToString(), error.Status.ToString());
    }

    [Fact]
    public async Task Status_details_pass_bit_for_bit()
    {
        byte[] details = [.. Enumerable.Range(0, 300).Select(static value => (byte)value)];

        RawResponse response = await EndAsync(new CallEnd { Code = 5, Details = ByteString.CopyFrom(details) });

        Assert.Equal(details, Reasons.FromBase64((response.Trailers.GetValueOrDefault("grpc-status-details-bin") ?? response.Headers["grpc-status-details-bin"]).Single()));
    }

    [Fact]
    public async Task Details_that_a_handler_sets_pass_bit_for_bit()
    {
        byte[] details = [0, 255, 1, 254];
        Rig rig = await StartAsync();
        rig.Service.OnUnary = (_, _) => throw new RpcException(new Status(StatusCode.Aborted, "x"), new Metadata { { "grpc-status-details-bin", details } });

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk()));

        Assert.Equal(details, error.Trailers.GetValueBytes("grpc-status-details-bin"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handlers_exception_is_unknown_and_tells_its_text_only_when_asked_to(bool detailed)
    {
        Rig rig = await StartAsync(new RigOptions { Bridge = options => options.EnableDetailedErrors = detailed });
        rig.Logs.Expect("HandlerFailed");
        rig.Service.OnUnary = static (_, _) => throw new InvalidOperationException("the secret");

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk()));

        Assert.Equal(StatusCode.Unknown, error.StatusCode);
        Assert.Equal(detailed, error.Status.Detail.Contains("the secret", StringComparison.Ordinal));
        Assert.DoesNotContain("StatusTests", error.ToString().Replace(error.StackTrace ?? "", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Null(Reasons.Of(error));
    }

    [Theory]
    [InlineData("x\r\ninjected: 1")]
    [InlineData("x\ninjected: 1")]
    [InlineData("nul\0")]
    [InlineData("caf\u00e9")]
    public async Task A_trailer_value_that_no_header_may_hold_becomes_internal(string value)
    {
        RawResponse response = await EndAsync(new CallEnd { Trailers = { MetadataTests.Entry("bad", value) } });

        Assert.Equal("13", response.Status);
        Assert.Equal(RouterReasons.BadResponse, response.RouterReason);
        Assert.DoesNotContain("injected", response.Trailers.Keys.Concat(response.Headers.Keys));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("with space")]
    [InlineData("new\r\nline")]
    [InlineData(":status")]
    public async Task A_header_key_that_may_not_stand_on_the_wire_becomes_internal(string key)
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]));
        ProbeRouterFrame start = await instance.NextCallAsync();
        await instance.SendAsync(new ProbeInstanceFrame
        {
            CallId = start.CallId,
            Headers = new CallHeaders { Metadata = { MetadataTests.Entry(key, "v") } },
            Unary = new Chunk(),
            End = new CallEnd(),
        });

        Assert.Equal("13", (await response).Status);
        await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
    }

    [Fact]
    public async Task An_ok_in_the_middle_of_a_message_becomes_internal()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]));
        ProbeRouterFrame start = await instance.NextCallAsync();
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, MessageLength = 10, Fragment = ByteString.CopyFromUtf8("half"), End = new CallEnd() });

        Assert.Equal("13", (await response).Status);
    }

    private async Task<RawResponse> EndAsync(CallEnd end)
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]));
        ProbeRouterFrame start = await instance.NextCallAsync();
        ProbeInstanceFrame frame = new() { CallId = start.CallId, End = end };
        if (end.Code == 0)
        {
            frame.Unary = new Chunk { Text = Encoding.ASCII.GetString("x"u8) };
        }

        await instance.SendAsync(frame);
        return await response;
    }
}
