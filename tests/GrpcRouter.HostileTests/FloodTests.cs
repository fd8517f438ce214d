using System.Buffers.Binary;

namespace GrpcRouter.HostileTests;

/// <summary>Floods of frames that are cheap to send (CVE-2019-9512 to 9518). The server answers some of them, and stops reading when its answers are not taken.</summary>
[Collection(Attacks.Name)]
public sealed class FloodTests : HostileTest
{
    private const int Frames = 200_000;
    private const int Batch = 1000;

    [Theory]
    [InlineData("ping", true)]
    [InlineData("ping", false)]
    [InlineData("settings", true)]
    [InlineData("settings", false)]
    [InlineData("empty data", true)]
    [InlineData("priority", true)]
    [InlineData("window update", true)]
    [InlineData("reset of a stream that is closed", true)]
    [InlineData("unknown", true)]
    public async Task A_flood_of_frames_takes_no_memory_and_holds_nobody_else_up(string kind, bool reads)
    {
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync(reads: reads);
        (int stream, byte[] open) = attacker.Open(Calls.Talk);
        await attacker.SendAsync(open);
        await Until.TrueAsync(() => arena.Service.Running == 1, "The stream is not open.");
        byte[] flood = Calls.Repeat(FrameOf(kind, stream), Batch);

        // A server that stops reading holds the attacker up; it has had its flood either way.
        Task sending = SendAsync(attacker, flood);
        Task<bool> stuck = StuckAsync(arena, sending);
        await Task.WhenAny(sending, stuck).Soon("The flood does not end.");
        await arena.Victim.IsServedAsync();
        MemoryIsWithin(32 * MiB);

        attacker.Kill();
        await sending.Soon("The attacker is not gone.");
        await stuck;
    }

    private static async Task SendAsync(Http2Peer attacker, byte[] flood)
    {
        for (int sent = 0; sent < Frames && await attacker.TrySendAsync(flood); sent += Batch)
        {
        }
    }

    // The flood makes no way while the honest client gets hundreds of answers.
    private static async Task<bool> StuckAsync(Arena arena, Task sending)
    {
        int goal = arena.Victim.Answers + 1000;
        await Until.TrueAsync(() => sending.IsCompleted || arena.Victim.Answers > goal, "The honest client waits.");
        return !sending.IsCompleted;
    }

    private static byte[] FrameOf(string kind, int stream) => kind switch
    {
        "ping" => Http2Peer.Frame(Http2Frame.Ping, 0, 0, new byte[8]),
        "settings" => Http2Peer.Frame(Http2Frame.Settings, 0, 0, Setting(4, 65_535)),
        "empty data" => Http2Peer.Data(stream, []),
        "priority" => Http2Peer.Frame(Http2Frame.Priority, 0, stream, [0, 0, 0, 0, 15]),
        "window update" => Http2Peer.WindowUpdate(stream, 1),
        "reset of a stream that is closed" => Http2Peer.Reset(stream),
        _ => Http2Peer.Frame(0xEE, 0, 0, new byte[64]),
    };

    private static byte[] Setting(short id, int value)
    {
        byte[] setting = new byte[6];
        BinaryPrimitives.WriteInt16BigEndian(setting, id);
        BinaryPrimitives.WriteInt32BigEndian(setting.AsSpan(2), value);
        return setting;
    }
}
