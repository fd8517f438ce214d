using Google.Protobuf;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class ResponseMetadataTests
{
    public static TheoryData<string, string> Bad() => new()
    {
        { "Upper", "v" }, { "", "v" }, { "a b", "v" }, { ":path", "v" }, { "k\n", "v" }, { "k", "v\r\nx: y" }, { "k", "\0" }, { "k", " v" }, { "k", "v\t" }, { "k", "\u00e9" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Entries_that_may_not_stand_in_a_header_end_the_call_as_internal(string key, string value)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        MetadataEntry entry = new() { Key = key, Value = ByteString.CopyFromUtf8(value) };
        await AssertEndsAsync(bench, instance, new InstanceFrame { Headers = new CallHeaders { Metadata = { entry } } }, "Internal BAD_RESPONSE", cancelled: true);
        await AssertEndsAsync(bench, instance, new InstanceFrame { Headers = new CallHeaders { Metadata = { entry } }, End = new CallEnd() }, "Internal BAD_RESPONSE", cancelled: false);
        await AssertEndsAsync(bench, instance, new InstanceFrame { End = new CallEnd { Trailers = { entry } } }, "Internal BAD_RESPONSE", cancelled: false);
        bench.AssertIdle();
    }

    [Theory]
    [InlineData("gzip\r\nx: y", "")]
    [InlineData("", "a\0")]
    public async Task An_encoding_that_may_not_stand_in_a_header_ends_the_call_as_internal(string encoding, string accepted)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        CallHeaders headers = new() { Encoding = encoding, AcceptEncoding = accepted };
        await AssertEndsAsync(bench, instance, new InstanceFrame { Headers = headers }, "Internal BAD_RESPONSE", cancelled: true);
        await AssertEndsAsync(bench, instance, new InstanceFrame { Headers = headers, End = new CallEnd() }, "Internal BAD_RESPONSE", cancelled: false);
    }

    [Fact]
    public async Task Metadata_over_the_limit_is_resource_exhausted_on_its_call_alone()
    {
        using Bench bench = new(new RouterOptions { MaxMetadataSize = 100 });
        ScriptedInstance instance = await bench.InstanceAsync();
        MetadataEntry entry = new() { Key = "k", Value = ByteString.CopyFromUtf8(new string('v', 68)) };
        await AssertEndsAsync(bench, instance, new InstanceFrame { Headers = new CallHeaders { Metadata = { entry } } }, "ResourceExhausted METADATA_TOO_LARGE", cancelled: true);
        await AssertEndsAsync(bench, instance, new InstanceFrame { End = new CallEnd { Trailers = { entry } } }, "ResourceExhausted METADATA_TOO_LARGE", cancelled: false);
        entry.Value = ByteString.CopyFromUtf8(new string('v', 67));
        await AssertEndsAsync(bench, instance, new InstanceFrame { Headers = new CallHeaders { Metadata = { entry } }, End = new CallEnd { Trailers = { entry } } }, "OK by the instance", cancelled: false);
    }

    [Theory]
    [InlineData(33, "OK by the instance")]
    [InlineData(34, "ResourceExhausted METADATA_TOO_LARGE")]
    public async Task Status_details_count_among_the_trailers_as_the_base64_they_become(int length, string outcome)
    {
        using Bench bench = new(new RouterOptions { MaxMetadataSize = "grpc-status-details-bin".Length + 44 + 32 });
        ScriptedInstance instance = await bench.InstanceAsync();
        CallEnd end = new() { Details = ByteString.CopyFrom(new byte[length]) };
        await AssertEndsAsync(bench, instance, new InstanceFrame { End = end }, outcome, cancelled: false);
    }

    [Fact]
    public async Task Headers_and_ends_that_are_no_messages_end_the_call_as_internal()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        await AssertEndsAsync(bench, instance, new InstanceFrame { RawHeaders = [0x0A, 0x7F] }, "Internal BAD_RESPONSE", cancelled: true);
        await AssertEndsAsync(bench, instance, new InstanceFrame { RawHeaders = [0x0A, 0x7F], End = new CallEnd() }, "Internal BAD_RESPONSE", cancelled: false);
        await AssertEndsAsync(bench, instance, new InstanceFrame { RawEnd = [0x22, 0x7F] }, "Internal BAD_RESPONSE", cancelled: false);
    }

    private static async Task AssertEndsAsync(Bench bench, ScriptedInstance instance, InstanceFrame frame, string outcome, bool cancelled)
    {
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming);
        instance.Send(frame with { CallId = id });
        Assert.Equal(outcome, await leg.OutcomeAsync());
        Assert.Equal(cancelled ? 1 : 0, (await instance.BarrierAsync()).Count(answer => answer.Cancel is not null));
        if (cancelled)
        {
            instance.Send(InstanceFrame.Ended(id));
        }
    }
}
