using BenchmarkDotNet.Attributes;
using GrpcRouter.Protocol;

namespace GrpcRouter.Bench;

/// <summary>A frame's way into a channel whose stream takes everything at once.</summary>
public class OutputBenchmarks
{
    private static readonly byte[] Frame = new byte[32];

    private readonly ChannelOutput _output = new(new NullSink());
    private readonly Turn _turn = new();

    [Benchmark(Description = "enter, write, exit and flush")]
    public void FlushHere()
    {
        if (_output.TryEnterData(_turn, out FrameBuffer buffer))
        {
            buffer.WriteRaw(Frame);
            _output.Exit(flushHere: true);
        }
    }

    [Benchmark(Description = "enter, exit without a frame")]
    public void EnterExit()
    {
        if (_output.TryEnterData(_turn, out _))
        {
            _output.Exit();
        }
    }

    [Benchmark(Description = "enter for control, exit without a frame")]
    public void EnterControl()
    {
        _output.EnterControl();
        _output.Exit();
    }

    private sealed class Turn : OutputTurn
    {
        protected override void OnTurn()
        {
        }
    }
}
