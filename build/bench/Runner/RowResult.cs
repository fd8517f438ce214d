namespace GrpcRouter.Bench;

/// <summary>The rounds of one row, by target.</summary>
internal sealed class RowResult(Row row)
{
    private readonly Dictionary<string, List<Measurement>> _rounds = new(StringComparer.Ordinal);

    public Row Row { get; } = row;

    public IEnumerable<string> Targets => _rounds.Keys;

    public void Add(string target, Measurement measurement)
    {
        if (!_rounds.TryGetValue(target, out List<Measurement>? rounds))
        {
            _rounds.Add(target, rounds = []);
        }

        rounds.Add(measurement);
    }

    public double? Median(string target, Func<Measurement, double?> figure) =>
        _rounds.TryGetValue(target, out List<Measurement>? rounds) ? Statistics.Median(rounds.Select(figure)) : null;

    /// <summary>The median of what a target has to what the direct server has in the same round, since machines change their speed.</summary>
    public double? OfDirect(string target, Func<Measurement, double?> figure) => Compare(target, Target.Direct, figure, static (mine, direct) => mine / direct);

    /// <summary>The median of what a target has beyond another in the same round.</summary>
    public double? Beyond(string target, string other, Func<Measurement, double?> figure) => Compare(target, other, figure, static (mine, theirs) => mine - theirs);

    private double? Compare(string target, string other, Func<Measurement, double?> figure, Func<double?, double?, double?> compare) =>
        _rounds.TryGetValue(target, out List<Measurement>? mine) && _rounds.TryGetValue(other, out List<Measurement>? theirs)
            ? Statistics.Median(mine.Zip(theirs, (one, two) => compare(figure(one), figure(two))))
            : null;
}
