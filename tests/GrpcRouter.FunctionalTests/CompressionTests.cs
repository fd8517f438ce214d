using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

public sealed class CompressionTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";

    [Fact]
    public async Task A_compressed_message_passes_without_being_compressed_anew()
    {
        // Not gzip at all: whoever looked inside would fail.
        byte[] opaque = [1, 2, 3, 250];
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message(opaque, compressed: true), ("grpc-encoding", "x-own"), ("grpc-accept-encoding", "x-own,gzip"));

        ProbeRouterFrame start = await instance.NextCallAsync();

        Assert.Equal("x-own", start.Start.Encoding);
        Assert.Equal("x-own,gzip", start.Start.AcceptEncoding);
        Assert.True(start.Compressed);
        Assert.Equal((ulong)opaque.Length, start.MessageLength);
        Assert.Equal(opaque, start.Fragment.ToByteArray());
        await instance.SendAsync(new ProbeInstanceFrame
        {
            CallId = start.CallId,
            Headers = new CallHeaders { Encoding = "x-own", AcceptEncoding = "identity" },
            MessageLength = 2,
            Compressed = true,
            Fragment = ByteString.CopyFrom(9, 8),
            End = new CallEnd(),
        });
        RawResponse answer = await response;
        Assert.Equal("0", answer.Status);
        Assert.Equal(["x-own"], answer.Headers["grpc-encoding"]);
        Assert.Equal(["identity"], answer.Headers["grpc-accept-encoding"]);
        (bool compressed, byte[] payload) = Assert.Single(answer.Messages());
        Assert.True(compressed);
        Assert.Equal([9, 8], payload);
    }

    [Fact]
    public async Task An_empty_compressed_message_stays_compressed()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([], compressed: true), ("grpc-encoding", "x-own"));
        ProbeRouterFrame start = await instance.NextCallAsync();
        Assert.True(start.HasMessageLength && start.Compressed);
        Assert.Equal(0UL, start.MessageLength);
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, MessageLength = 0, Compressed = true, End = new CallEnd() });

        (bool compressed, byte[] payload) = Assert.Single((await response).Messages());

        Assert.True(compressed);
        Assert.Empty(payload);
    }

    [Fact]
    public async Task An_encoding_the_instance_does_not_know_is_unimplemented_with_the_list_of_those_it_knows()
    {
        Rig rig = await StartAsync();

        RawResponse response = await rig.Raw.CallAsync(Unary, RawClient.Message([1], compressed: true), ("grpc-encoding", "x-unknown"));

        Assert.Equal("12", response.Status);
        string accepted = string.Join(',', response.Headers["grpc-accept-encoding"]);
        Assert.Contains("gzip", accepted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compression_works_in_both_directions()
    {
        Rig rig = await StartAsync(new RigOptions { Bridge = static options => options.ResponseCompressionAlgorithm = "gzip" });
        byte[] payload = new Chunk { Data = ByteString.CopyFrom(new byte[50_000]) }.ToByteArray();

        RawResponse response = await rig.Raw.CallAsync(Unary, RawClient.Message(Gzip(payload), compressed: true), ("grpc-encoding", "gzip"), ("grpc-accept-encoding", "gzip"));

        Assert.Equal("0", response.Status);
        Assert.Equal(["gzip"], response.Headers["grpc-encoding"]);
        (bool compressed, byte[] answer) = Assert.Single(response.Messages());
        Assert.True(compressed);
        Assert.True(answer.Length < 1000);
        using GZipStream gzip = new(new MemoryStream(answer), CompressionMode.Decompress);
        MemoryStream plain = new();
        await gzip.CopyToAsync(plain);
        Assert.Equal(payload, plain.ToArray());
    }

    [Fact]
    public async Task A_message_that_would_unpack_beyond_the_limit_is_refused_and_nothing_else()
    {
        Rig rig = await StartAsync();
        byte[] bomb = Gzip(new byte[64 * 1024 * 1024]);

        RawResponse response = await rig.Raw.CallAsync(Unary, RawClient.Message(bomb, compressed: true), ("grpc-encoding", "gzip"));

        Assert.Equal("8", response.Status);
        Assert.Equal(0, rig.Service.Started);
        Assert.Equal("next", (await rig.Client.UnaryAsync(new Chunk { Text = "next" })).Text);
    }

    private static byte[] Gzip(byte[] plain)
    {
        MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return packed.ToArray();
    }
}
