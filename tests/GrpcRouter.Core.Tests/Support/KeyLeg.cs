using System.IO.Pipelines;
using GrpcRouter.Protocol;

namespace GrpcRouter.Core.Tests;

/// <summary>A client that brings the key <c>key</c> and a session of nobody, and allocates nothing to say so.</summary>
internal sealed class KeyLeg : ClientLeg
{
    public override PipeReader RequestBody => throw new NotSupportedException();

    public override PipeWriter ResponseBody => throw new NotSupportedException();

    public override string? TimeoutHeader => null;

    public override ReadOnlySpan<byte> Start => default;

    public override int PrepareStart() => 0;

    public override string? GetHeader(string key) => key switch
    {
        "key" => "one",
        MetadataRules.SessionKey => "0123456789abcdef",
        _ => null,
    };

    public override void SetHeaders(ReadOnlySpan<byte> headers) => throw new NotSupportedException();

    public override void SetSession(string token) => throw new NotSupportedException();

    public override void SetDrain(string drainer) => throw new NotSupportedException();

    public override void SetEnd(in CallEndFields end, ReadOnlySpan<byte> message) => throw new NotSupportedException();

    public override void SetEnd(in RouterStatus status) => throw new NotSupportedException();

    public override void Abort() => throw new NotSupportedException();

    protected override void StartWatching()
    {
    }

    protected override void StopWatching()
    {
    }
}
