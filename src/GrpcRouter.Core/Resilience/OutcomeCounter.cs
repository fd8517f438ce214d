using System.Runtime.InteropServices;

namespace GrpcRouter;

/// <summary>
/// Successes and failures of one instance since they were last taken (gRFC A50, "Call Counter"). Both halves of one word, so that taking them is one step
/// and a call that ends meanwhile counts for the next interval.
/// </summary>
internal sealed class OutcomeCounter
{
    private const int FailureShift = 32;

    private PaddedWord word;

    public void Record(bool success) => Interlocked.Add(ref word.Value, success ? 1 : 1L << FailureShift);

    /// <summary>Gives what was counted and begins anew.</summary>
    public (uint Successes, uint Failures) Take()
    {
        long taken = Interlocked.Exchange(ref word.Value, 0);
        return ((uint)taken, (uint)(taken >> FailureShift));
    }

    // On a line of its own: every end of a call writes it, and every pick reads what else is known of an instance.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct PaddedWord
    {
        [FieldOffset(64)]
        public long Value;
    }
}
