using System.Buffers.Binary;

namespace GrpcRouter.HostileTests;

/// <summary>More streams than a connection may have.</summary>
[Collection(Attacks.Name)]
public sealed class StreamTests : HostileTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Streams_over_the_limit_are_refused_also_before_the_settings_are_acknowledged(bool acknowledged)
    {
        const int Limit = 100;
        Arena arena = await StartAsync(kestrel: static limits => limits.Http2.MaxStreamsPerConnection = Limit);
        Http2Peer attacker = await arena.ConnectAsync(answers: acknowledged);
        if (acknowledged)
        {
            await Until.TrueAsync(() => attacker.ServerWindow > 65_535, "The server's settings did not come.");
        }

        await attacker.SendAsync([.. Enumerable.Range(0, Limit + 50).Select(_ => attacker.Open(Calls.Talk).Frame)]);
        int refused = 0;
        while (refused < 50 && await attacker.ReceiveAsync() is { } frame)
        {
            if (frame.Type == Http2Frame.Reset)
            {
                Assert.Equal(HttpErrors.RefusedStream, BinaryPrimitives.ReadInt32BigEndian(frame.Payload));
                refused++;
            }
        }

        await Until.TrueAsync(() => arena.Service.Running == Limit, () => $"{arena.Service.Running} streams run.");
        Assert.Equal((50, Limit), (refused, arena.Service.Started));
        MemoryIsWithin(32 * MiB);
    }
}
