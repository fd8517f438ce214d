namespace GrpcRouter;

/// <summary>
/// Random numbers for picks: SplitMix64, safe for concurrent use without a lock. Each processor draws from a sequence of its own, because one counter that all
/// calls write would travel between the processors with each of them; made from a number there is one sequence, so that it can be repeated.
/// </summary>
public sealed class PickRandom
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    // Two cache lines, for processors that fetch lines in pairs.
    private const int Stride = 128 / sizeof(ulong);

    private readonly ulong[] states;
    private readonly uint mask;

    /// <summary>Begins a sequence that can be repeated.</summary>
    public PickRandom(ulong seed)
        : this(seed, processors: 1)
    {
    }

    private PickRandom(ulong seed, int processors)
    {
        uint count = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(processors, 64));
        mask = count - 1;
        states = new ulong[(count + 1) * Stride];
        for (uint i = 0; i < count; i++)
        {
            states[(i + 1) * Stride] = Mix(seed + i);
        }
    }

    /// <summary>A generator of which nobody knows the sequence.</summary>
    public static PickRandom Default { get; } = Create();

    internal static PickRandom From(Random seeds) => new((ulong)seeds.NextInt64(), Environment.ProcessorCount);

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        uint cell = mask == 0 ? 1 : ((uint)Thread.GetCurrentProcessorId() & mask) + 1;
        return Mix(Interlocked.Add(ref states[cell * Stride], Gamma));
    }

    /// <summary>A random number below <paramref name="bound"/>, which must be positive.</summary>
    public int Next(int bound) => (int)(((NextUInt64() >> 32) * (uint)bound) >> 32);

    /// <summary>A random number from 0 to 1.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    private static PickRandom Create()
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        System.Security.Cryptography.RandomNumberGenerator.Fill(seed);
        return new PickRandom(BitConverter.ToUInt64(seed), Environment.ProcessorCount);
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
