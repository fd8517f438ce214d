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

    public int Sum
    {
        get
        {
            long sum = 0;
            for (int i = 1; i <= Stripes; i++)
            {
                sum += Volatile.Read(ref cells[i * Stride]);
            }

            return (int)Math.Max(0, sum);
        }
    }

    public void Increment() => Interlocked.Increment(ref Cell());

    public void Decrement() => Interlocked.Decrement(ref Cell());

    private ref long Cell() => ref cells[((Thread.GetCurrentProcessorId() & (Stripes - 1)) + 1) * Stride];
}
