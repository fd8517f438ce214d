namespace GrpcRouter;

/// <summary>
/// A count that many threads change and few read. Each processor counts on a cache line of its own, because a line that all calls write
/// would travel between the processors with each of them. A sum taken while calls come and go is approximate.
/// </summary>
internal sealed class StripedCounter
{
    // Two lines, for processors that fetch lines in pairs.
    private const int Stride = 128 / sizeof(long);

    private static readonly int Stripes = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 64));

    private readonly long[] cells = new long[(Stripes + 1) * Stride];

    /// <summary>What is there at the moment, never less than none.</summary>
    public int Sum => (int)Math.Max(0, Total);

    /// <summary>The same for a count that only grows, and may grow beyond an <see cref="int"/>.</summary>
    public long Total
    {
        get
        {
            long sum = 0;
            for (int i = 1; i <= Stripes; i++)
            {
                sum += Volatile.Read(ref cells[i * Stride]);
            }

            return sum;
        }
    }

    public void Increment() => Interlocked.Increment(ref Cell());

    public void Decrement() => Interlocked.Decrement(ref Cell());

    private ref long Cell() => ref cells[((Thread.GetCurrentProcessorId() & (Stripes - 1)) + 1) * Stride];
}
