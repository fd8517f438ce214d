using System.IO.Pipelines;

namespace GrpcRouter.Protocol.Tests;

public sealed class ReadAheadTests
{
    [Fact]
    public async Task Work_of_a_batch_may_block_and_the_next_frames_are_read_all_the_same()
    {
        Pipe pipe = new();
        BlockingWork handler = new();
        Task loop = FrameLoop.RunAsync(pipe.Reader, 1_000, handler, CancellationToken.None);
        await SendAsync(pipe, 1);
        Assert.True(handler.Started.Wait(TimeSpan.FromSeconds(30)), "The work has not begun.");
        await SendAsync(pipe, 2);
        Assert.True(handler.SecondCame.Wait(TimeSpan.FromSeconds(30)), "The loop waits for the work.");
        handler.MayEnd.Set();
        pipe.Writer.Complete();
        await loop.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(handler.Ended.Wait(TimeSpan.FromSeconds(30)), "The work has not ended.");
    }

    [Fact]
    public async Task Work_of_a_batch_is_done_though_the_stream_ends_behind_it()
    {
        Pipe pipe = new();
        BlockingWork handler = new();
        handler.MayEnd.Set();
        await SendAsync(pipe, 1);
        pipe.Writer.Complete();
        await FrameLoop.RunAsync(pipe.Reader, 1_000, handler, CancellationToken.None);
        Assert.True(handler.Ended.Wait(TimeSpan.FromSeconds(30)), "The work was lost.");
    }

    [Fact]
    public async Task Work_of_the_frames_before_a_broken_one_is_done()
    {
        Pipe pipe = new();
        BlockingWork handler = new();
        handler.MayEnd.Set();
        await SendAsync(pipe, 1, [0, 0, 0, 0, 1, 0xFF]);
        await Assert.ThrowsAsync<ProtocolViolationException>(() => FrameLoop.RunAsync(pipe.Reader, 1_000, handler, CancellationToken.None));
        Assert.True(handler.Ended.Wait(TimeSpan.FromSeconds(30)), "The work was lost.");
    }

    private static async Task SendAsync(Pipe pipe, ulong callId, byte[]? behind = null)
    {
        using FrameBuffer frame = new();
        int mark = frame.BeginFrame(callId);
        frame.EndFrame(mark);
        frame.WriteRaw(behind);
        await pipe.Writer.WriteAsync(frame.WrittenMemory);
    }

    private sealed class BlockingWork : IFrameHandler, IThreadPoolWorkItem
    {
        private int frames;

        public ManualResetEventSlim Started { get; } = new();

        public ManualResetEventSlim SecondCame { get; } = new();

        public ManualResetEventSlim MayEnd { get; } = new();

        public ManualResetEventSlim Ended { get; } = new();

        public void OnFrame(in Frame frame)
        {
            if (++frames == 2)
            {
                SecondCame.Set();
            }
        }

        public IThreadPoolWorkItem? OnBatchEnd() => frames == 1 ? this : null;

        public void Execute()
        {
            Started.Set();
            MayEnd.Wait();
            Ended.Set();
        }
    }
}
