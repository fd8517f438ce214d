using System.Buffers;

namespace GrpcRouter;

/// <summary>
/// A request that came in one frame with the call's start and its half-close, as that of a unary call nearly always does. It needs no queue, no credit and
/// nobody who waits for it.
/// </summary>
internal sealed class WholeRequest
{
    // Kept with the call for the next one; what is larger is rented and goes back as soon as it has been read.
    private const int KeptSize = 1024;

    private byte[] bytes = [];
    private int length;

    public ReadOnlySequence<byte> Bytes => new(bytes, 0, length);

    public void Set(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > bytes.Length)
        {
            bytes = payload.Length > KeptSize ? ArrayPool<byte>.Shared.Rent(payload.Length) : new byte[Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)payload.Length))];
        }

        payload.CopyTo(bytes);
        length = payload.Length;
    }

    /// <summary>The request has been read.</summary>
    public void Release()
    {
        length = 0;
        if (bytes.Length > KeptSize)
        {
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = [];
        }
    }

    /// <summary>Spoils what a call left behind, so that a use after its end cannot go unseen.</summary>
    [System.Diagnostics.Conditional("DEBUG")]
    public void Poison() => bytes.AsSpan().Fill(0xDD);
}
