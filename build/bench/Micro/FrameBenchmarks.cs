using System.Text;
using BenchmarkDotNet.Attributes;
using GrpcRouter.Protocol;

namespace GrpcRouter.Bench;

/// <summary>The two frames of a unary call.</summary>
public class FrameBenchmarks
{
    private const ulong CallId = 0x1_0000_0042;
    private const int SayHello = 2_526_808;

    private static readonly byte[] Request = "\n\u0005world"u8.ToArray();
    private static readonly byte[] Reply = "\n\u000bHello world"u8.ToArray();
    private static readonly byte[] Authority = Encoding.ASCII.GetBytes("127.0.0.1:6001");

    private readonly FrameBuffer _buffer = new();
    private byte[] _start = [];
    private byte[] _end = [];

    [GlobalSetup]
    public void SetUp()
    {
        EncodeStart();
        _start = _buffer.WrittenSpan[FrameField.PrefixLength..].ToArray();
        EncodeEnd();
        _end = _buffer.WrittenSpan[FrameField.PrefixLength..].ToArray();
    }

    [Benchmark(Description = "encode start, request, half-close")]
    public int EncodeStart()
    {
        _buffer.Reset();
        int frame = _buffer.BeginFrame(CallId);
        int start = _buffer.BeginNested(FrameField.Opening);
        _buffer.WriteVarint(CallStartFields.TimeoutField, 20_000_000);
        _buffer.WriteBytes(CallStartFields.AuthorityField, Authority);
        _buffer.EndNested(start);
        _buffer.WriteVarint(FrameField.HalfClose, 1);
        _buffer.WriteBytes(SayHello, Request);
        _buffer.EndFrame(frame);
        return _buffer.Length;
    }

    [Benchmark(Description = "encode reply, end")]
    public int EncodeEnd()
    {
        _buffer.Reset();
        int frame = _buffer.BeginFrame(CallId);
        _buffer.WriteBytes(FrameField.End, []);
        _buffer.WriteBytes(SayHello, Reply);
        _buffer.EndFrame(frame);
        return _buffer.Length;
    }

    [Benchmark(Description = "decode start, request, half-close")]
    public bool DecodeStart() => FrameDecoder.TryDecode(_start, out Frame frame, out _) && CallStartFields.TryRead(frame.Opening, out _);

    [Benchmark(Description = "decode reply, end")]
    public bool DecodeEnd() => FrameDecoder.TryDecode(_end, out Frame frame, out _) && CallEndFields.TryRead(frame.End, out _);
}
