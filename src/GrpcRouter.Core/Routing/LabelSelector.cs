namespace GrpcRouter;

/// <summary>
/// Labels that an instance must have, all of them, and the tenant whose calls it must be allowed to serve. Equal selectors select the same instances.
/// </summary>
internal sealed class LabelSelector : IEquatable<LabelSelector>
{
    private readonly KeyValuePair<string, string>[] labels;
    private readonly string? tenant;

    /// <param name="labels">The labels.</param>
    /// <param name="tenant">The tenant; null: only instances that may serve everyone.</param>
    public LabelSelector(IEnumerable<KeyValuePair<string, string>> labels, string? tenant = null)
    {
        this.tenant = tenant;
        this.labels = [.. labels.OrderBy(static label => label.Key, StringComparer.Ordinal).ThenBy(static label => label.Value, StringComparer.Ordinal)];
    }

    /// <summary>Selects any instance that may serve everyone.</summary>
    public static LabelSelector Any { get; } = new([]);

    /// <summary>It asks for labels.</summary>
    public bool HasLabels => labels.Length > 0;

    /// <summary>These labels and others; where both name one, only instances that have it both ways, which are none if the values differ.</summary>
    public LabelSelector With(IEnumerable<KeyValuePair<string, string>> more) => new(labels.Concat(more).Distinct(), tenant);

    public bool Matches(InstanceChannel channel) =>
        channel.Serves(tenant) && Array.TrueForAll(labels, label => channel.Labels.TryGetValue(label.Key, out string? value) && value == label.Value);

    public bool Equals(LabelSelector? other) => other is not null && tenant == other.tenant && labels.AsSpan().SequenceEqual(other.labels);

    public override bool Equals(object? obj) => Equals(obj as LabelSelector);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(tenant, StringComparer.Ordinal);
        foreach (KeyValuePair<string, string> label in labels)
        {
            hash.Add(label.Key, StringComparer.Ordinal);
            hash.Add(label.Value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    public override string ToString() =>
        labels.Length == 0 ? "any instance" : string.Join(", ", labels.Select(static label => $"{label.Key}={label.Value}"));
}
