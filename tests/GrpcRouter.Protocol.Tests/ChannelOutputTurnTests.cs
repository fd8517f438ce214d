using System.Collections.Concurrent;

namespace GrpcRouter.Protocol.Tests;

/// <summary>Who may write data when more waits than the stream takes.</summary>
public sealed class ChannelOutputTurnTests
{
    private const int Hang = 120_000;
    private const int HighWater = 4 * FragmentLength.Default;

    private readonly GatedSink sink = new();
    private readonly ConcurrentQueue<TestTurn> due = new();
    private readonly ChannelOutput output;

    public ChannelOutputTurnTests() => output = new ChannelOutput(sink, HighWater);

    [Fact(Timeout = Hang)]
    public async Task Below_the_high_water_mark_nobody_waits()
    {
        var busy = await BusyAsync();
        for (byte id = 1; id <= 4; id++)
        {
            Assert.True(TryWrite(Turn(id)));
        }

        Assert.False(TryWrite(Turn(5)));
        Assert.Equal(1, output.QueuedTurns);
        busy.End();

        Assert.Equal([1, 2, 3, 4], Ids(await sink.NextAsync()));
        Assert.Equal(5, Assert.Single(due).Id);
        Assert.Equal(0, output.QueuedTurns);
    }

    [Fact(Timeout = Hang)]
    public async Task Trying_again_before_it_is_due_keeps_a_call_at_its_place()
    {
        await FullAsync();
        var first = Turn(1);
        var second = Turn(2);
        Assert.False(TryWrite(first));
        Assert.False(TryWrite(second));
        Assert.False(TryWrite(first));

        Assert.Equal(2, output.QueuedTurns);
    }

    [Fact(Timeout = Hang)]
    public async Task Only_as_many_are_called_as_fill_the_buffer_again()
    {
        var full = await FullAsync();
        var turns = Enumerable.Range(1, 10).Select(id => Turn((byte)id)).ToArray();
        Assert.All(turns, turn => Assert.False(TryWrite(turn)));
        full.End();
        var next = await sink.NextAsync();

        Assert.Equal([1, 2, 3, 4], due.Select(turn => (int)turn.Id));
        Assert.Equal(6, output.QueuedTurns);
        Assert.False(TryWrite(Turn(11)));
        while (due.TryDequeue(out var turn))
        {
            Assert.True(TryWrite(turn));
        }

        next.End();
        Assert.Equal([1, 2, 3, 4], Ids(await sink.NextAsync()));
        Assert.Equal([5, 6, 7, 8], due.Select(turn => (int)turn.Id));
    }

    [Theory(Timeout = Hang)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public async Task A_modest_call_waits_for_one_chunk_of_each_greedy_one_and_no_more(int greedy)
    {
        List<int> order = [];
        bool Write(TestTurn turn)
        {
            var written = TryWrite(turn);
            if (written)
            {
                order.Add(turn.Id);
            }

            return written;
        }

        void WriteGreedily(TestTurn turn)
        {
            while (Write(turn))
            {
            }
        }

        var write = await BusyAsync();
        for (var id = 1; id <= greedy; id++)
        {
            WriteGreedily(Turn((byte)id));
        }

        List<int> sent = [];
        for (var round = 0; round < 50; round++)
        {
            var modest = Turn(255);
            Assert.False(Write(modest));
            var before = order.Count;
            while (order.Count == before || order[^1] != 255)
            {
                write.End();
                write = await sink.NextAsync();
                sent.AddRange(Ids(write));
                while ((order.Count == before || order[^1] != 255) && due.TryDequeue(out var turn))
                {
                    if (turn == modest)
                    {
                        Assert.True(Write(modest));
                    }
                    else
                    {
                        WriteGreedily(turn);
                    }
                }
            }

            Assert.All(order.Skip(before).CountBy(id => id), pair => Assert.Equal(1, pair.Value));
            while (due.TryDequeue(out var turn))
            {
                WriteGreedily(turn);
            }
        }

        Assert.Equal(order.Take(sent.Count), sent);
        var shares = order.Where(id => id != 255).CountBy(id => id).Select(pair => pair.Value).ToArray();
        Assert.Equal(greedy, shares.Length);
        // The first filled the buffer alone; from then on it is turn by turn.
        Assert.InRange(shares.Max() - shares.Min(), 0, 1 + (HighWater / FragmentLength.Default));
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_leaves_the_line_is_not_called()
    {
        var full = await FullAsync();
        var turns = Enumerable.Range(1, 5).Select(id => Turn((byte)id)).ToArray();
        Assert.All(turns, turn => Assert.False(TryWrite(turn)));
        output.Leave(turns[0]);
        output.Leave(turns[2]);
        output.Leave(turns[4]);
        Assert.Equal(2, output.QueuedTurns);
        full.End();
        await sink.NextAsync();

        Assert.Equal([2, 4], due.Select(turn => (int)turn.Id));
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_leaves_when_it_is_due_passes_its_turn_on()
    {
        var full = await FullAsync();
        var turns = Enumerable.Range(1, 7).Select(id => Turn((byte)id)).ToArray();
        Assert.All(turns, turn => Assert.False(TryWrite(turn)));
        full.End();
        await sink.NextAsync();
        Assert.Equal([1, 2, 3, 4], due.Select(turn => (int)turn.Id));

        output.Leave(turns[1]);
        output.Leave(turns[3]);
        Assert.Equal([1, 2, 3, 4, 5, 6], due.Select(turn => (int)turn.Id));
        output.Leave(turns[3]);
        output.Leave(Turn(99));
        Assert.Equal(1, output.QueuedTurns);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_is_due_and_writes_nothing_passes_its_turn_on()
    {
        var full = await FullAsync();
        var turns = Enumerable.Range(1, 5).Select(id => Turn((byte)id)).ToArray();
        Assert.All(turns, turn => Assert.False(TryWrite(turn)));
        full.End();
        (await sink.NextAsync()).End();
        Assert.Equal([1, 2, 3, 4], due.Select(turn => (int)turn.Id));

        Assert.All(turns[..4], turn => Assert.True(TryWrite(turn, length: 0)));
        Assert.Equal(5, due.Last().Id);
        Assert.True(TryWrite(turns[4]));
        Assert.Equal([5], Ids(await sink.NextAsync()));
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_is_due_goes_before_those_that_came_later()
    {
        var full = await FullAsync();
        var turns = Enumerable.Range(1, 5).Select(id => Turn((byte)id)).ToArray();
        Assert.All(turns, turn => Assert.False(TryWrite(turn)));
        full.End();
        await sink.NextAsync();

        Assert.False(TryWrite(Turn(6)));
        Assert.True(TryWrite(turns[0]));
    }

    [Fact(Timeout = Hang)]
    public async Task A_turn_is_worth_a_fragment_in_as_many_messages_as_that_takes()
    {
        var full = await FullAsync();
        var turns = Enumerable.Range(1, 8).Select(id => Turn((byte)id)).ToArray();
        Assert.All(turns, turn => Assert.False(TryWrite(turn)));
        full.End();
        await sink.NextAsync();

        const int Quarter = FragmentLength.Default / 4;
        Assert.All(Enumerable.Range(0, 4), _ => Assert.True(TryWrite(turns[0], Quarter)));
        Assert.False(TryWrite(turns[0], Quarter));
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_is_due_and_slow_to_come_does_not_hold_up_the_others()
    {
        var full = await FullAsync();
        var slow = Turn(1);
        Assert.False(TryWrite(slow));
        full.End();
        (await sink.NextAsync()).End();
        Assert.Equal(1, Assert.Single(due).Id);

        var other = Turn(2);
        for (var i = 0; i < 10; i++)
        {
            Assert.False(TryWrite(other));
            Assert.Equal(2, due.Last().Id);
            Assert.True(TryWrite(other));
            var write = await sink.NextAsync();
            Assert.False(TryWrite(other));
            write.End();
            Assert.True(TryWrite(other));
            (await sink.NextAsync()).End();
        }

        Assert.True(TryWrite(slow));
    }

    [Fact(Timeout = Hang)]
    public async Task Control_frames_need_no_turn()
    {
        var full = await FullAsync();
        Assert.False(TryWrite(Turn(1)));
        output.EnterControl().WriteRaw([42]);
        output.Exit();
        full.End();

        Assert.Equal([42], (await sink.NextAsync()).Control);
    }

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_of_the_output_calls_all_that_wait_and_lets_them_through(bool broken)
    {
        await FullAsync();
        var turns = Enumerable.Range(1, 7).Select(id => Turn((byte)id)).ToArray();
        Assert.All(turns, turn => Assert.False(TryWrite(turn)));
        output.Complete(broken ? new IOException("gone") : null);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], due.Select(turn => (int)turn.Id));
        Assert.Equal(0, output.QueuedTurns);
        Assert.All(turns, turn => Assert.True(TryWrite(turn)));
        Assert.True(TryWrite(Turn(8)));
    }

    [Fact(Timeout = Hang)]
    public async Task A_write_that_fails_calls_all_that_wait_and_lets_them_through()
    {
        var full = await FullAsync();
        var turns = Enumerable.Range(1, 7).Select(id => Turn((byte)id)).ToArray();
        Assert.All(turns, turn => Assert.False(TryWrite(turn)));
        full.Fail(new IOException("reset"));

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], due.Select(turn => (int)turn.Id));
        Assert.All(turns, turn => Assert.True(TryWrite(turn)));
        await Assert.ThrowsAsync<IOException>(() => output.Completion);
        Assert.False(sink.HasNext);
    }

    [Fact(Timeout = Hang)]
    public async Task A_high_water_mark_below_one_chunk_still_lets_one_at_a_time_through()
    {
        ChannelOutput small = new(sink, 1);
        ConcurrentQueue<TestTurn> called = new();
        var turns = Enumerable.Range(1, 3).Select(id => new TestTurn((byte)id, called)).ToArray();
        Assert.True(TryWrite(turns[0], small));
        Assert.Equal([1], Ids(await sink.NextAsync()));
        Assert.True(TryWrite(turns[0], small));
        Assert.False(TryWrite(turns[1], small));
        Assert.False(TryWrite(turns[2], small));
        small.Leave(turns[1]);

        Assert.Empty(called);
        Assert.Equal(1, small.QueuedTurns);
    }

    [Fact(Timeout = Hang)]
    public async Task Greedy_quitting_and_empty_handed_calls_on_many_threads_all_come_to_an_end()
    {
        const int calls = 16;
        const int chunks = 400;
        CollectingSink collecting = new();
        ChannelOutput shared = new(collecting, HighWater);
        var written = new int[calls];
        await Task.WhenAll(Enumerable.Range(0, calls).Select(id => Task.Run(async () =>
        {
            Random random = new(id);
            SignalTurn turn = new();
            while (written[id] < chunks)
            {
                if (!shared.TryEnterData(turn, out var buffer))
                {
                    if (random.OneIn(50))
                    {
                        shared.Leave(turn);
                        turn.Signal.Reset();
                    }
                    else
                    {
                        await turn.Signal.WaitAsync().ConfigureAwait(false);
                    }

                    continue;
                }

                if (!random.OneIn(10))
                {
                    var chunk = buffer.GetSpan(FragmentLength.Default)[..FragmentLength.Default];
                    chunk.Clear();
                    chunk[0] = (byte)id;
                    chunk[1] = (byte)written[id];
                    chunk[2] = (byte)(written[id]++ >> 8);
                    buffer.Advance(chunk.Length);
                }

                shared.Exit();
            }

            shared.Leave(turn);
        })));
        shared.Complete();
        await shared.Completion;

        var next = new int[calls];
        foreach (var (id, number) in collecting.Chunks)
        {
            Assert.Equal(next[id]++, number);
        }

        Assert.All(next, count => Assert.Equal(chunks, count));
        Assert.InRange(collecting.Largest, 1, 2 * HighWater);
    }

    private TestTurn Turn(byte id) => new(id, due);

    /// <summary>A write is under way and the buffer is empty.</summary>
    private async Task<SinkWrite> BusyAsync()
    {
        Assert.True(TryWrite(Turn(0)));
        return await sink.NextAsync();
    }

    /// <summary>A write is under way and as much waits as may.</summary>
    private async Task<SinkWrite> FullAsync()
    {
        var write = await BusyAsync();
        for (var i = 0; i < HighWater / FragmentLength.Default; i++)
        {
            Assert.True(TryWrite(Turn(0)));
        }

        return write;
    }

    private bool TryWrite(TestTurn turn, int length = FragmentLength.Default) => TryWrite(turn, output, length);

    private static bool TryWrite(TestTurn turn, ChannelOutput to, int length = FragmentLength.Default)
    {
        if (!to.TryEnterData(turn, out var buffer))
        {
            return false;
        }

        var chunk = new byte[length];
        chunk.AsSpan().Fill(turn.Id);
        buffer.WriteRaw(chunk);
        to.Exit();
        return true;
    }

    private static IEnumerable<int> Ids(SinkWrite write) => write.Data.Chunk(FragmentLength.Default).Select(chunk => (int)chunk[0]);

    private sealed class SignalTurn : OutputTurn
    {
        public AsyncSignal Signal { get; } = new();

        protected override void OnTurn() => Signal.Set();
    }

    private sealed class CollectingSink : IFrameSink
    {
        public List<(int Id, int Number)> Chunks { get; } = [];

        public int Largest { get; private set; }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data)
        {
            Largest = Math.Max(Largest, data.Length);
            for (var at = 0; at < data.Length; at += FragmentLength.Default)
            {
                var chunk = data.Span[at..];
                Chunks.Add((chunk[0], chunk[1] | (chunk[2] << 8)));
            }

            await Task.Yield();
        }
    }
}
