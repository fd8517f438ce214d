using System.Globalization;
using System.IO.Pipelines;
using GrpcRouter.Protocol;

namespace GrpcRouter.Bench;

/// <summary>A client that brings a key, another each time it is asked; each is the id of one of the first ten instances.</summary>
internal sealed class KeyLeg : ClientLeg
{
    /// <summary>The metadata key.</summary>
    public const string Key = "x-key";

    private static readonly string[] Values = [.. Enumerable.Range(0, 10).Select(IdOf)];

    private uint _asked;

    public override PipeReader RequestBody => throw new NotSupportedException();

    public override PipeWriter ResponseBody => throw new NotSupportedException();

    public override string? TimeoutHeader => null;

    public override ReadOnlySpan<byte> Start => default;

    /// <summary>As long as an identity of a machine commonly is.</summary>
    public static string IdOf(int number) => number.ToString("x16", CultureInfo.InvariantCulture);

    public override int PrepareStart() => 0;

    public override string? GetHeader(string key) => key == Key ? Values[_asked++ % 10] : null;

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
