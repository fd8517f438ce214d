namespace GrpcRouter;

/// <summary>
/// The order of picks in proportion to weights, as the static stride scheduler of gRFC A58: everyone has a turn in each round, and takes it whenever its
/// weight, summed up over the rounds, passes a full turn. The heaviest takes each; equal weights give plain round robin.
/// </summary>
internal sealed class StrideSchedule
{
    private const uint Full = ushort.MaxValue;

    private readonly ushort[] strides;

    /// <param name="weights">Not negative; one at least is positive. Those that are 0 never have a turn.</param>
    public StrideSchedule(ReadOnlySpan<double> weights)
    {
        double heaviest = 0;
        foreach (double weight in weights)
        {
            heaviest = Math.Max(heaviest, weight);
        }

        strides = new ushort[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            strides[i] = weights[i] <= 0 ? (ushort)0 : (ushort)Math.Clamp(Math.Round(weights[i] / heaviest * Full), 1, Full);
        }
    }

    /// <summary>Whose turn it is; from any thread.</summary>
    /// <param name="turns">Counts the turns that were asked for, those passed over among them. It may go on in another schedule.</param>
    public int Next(ref ulong turns)
    {
        while (true)
        {
            (ulong round, ulong index) = Math.DivRem(Interlocked.Increment(ref turns) - 1, (ulong)strides.Length);
            ulong stride = strides[index];

            // Neighbours begin half a turn apart, so that equal weights below the heaviest do not come in the same round.
            if (((stride * round) + (index * (Full / 2))) % Full >= Full - stride)
            {
                return (int)index;
            }
        }
    }
}
