using System.Globalization;
using System.Text;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>A place in the options, by its path in the configuration, and the list of all that is wrong.</summary>
internal readonly struct OptionScope(string path, List<string> errors)
{
    /// <summary>The longest time that timers are asked for; they take some 49 days.</summary>
    public static readonly TimeSpan LongestTimer = TimeSpan.FromDays(30);

    public OptionScope Of(string name) => new($"{path}:{name}", errors);

    public OptionScope Of(int index) => Of(index.ToString(CultureInfo.InvariantCulture));

    public void Fail(string name, string rule) => errors.Add($"{path}:{name} {rule}.");

    public void Require(bool condition, string name, string rule, object? value)
    {
        if (!condition)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"{path}:{name} {rule}; it is {value ?? "nothing"}."));
        }
    }

    /// <summary>A group of options that was set to null has no values to check.</summary>
    /// <returns>False for null.</returns>
    public bool IsThere(string name, object? group)
    {
        if (group is null)
        {
            Fail(name, "must not be null");
        }

        return group is not null;
    }

    public void Range(string name, int? value, int least, int most) =>
        Require(value is null || (value >= least && value <= most), name, string.Create(CultureInfo.InvariantCulture, $"must be {least:N0} to {most:N0}"), value);

    public void Range(string name, double? value, double least, double most) =>
        Require(value is null || (value >= least && value <= most), name, string.Create(CultureInfo.InvariantCulture, $"must be {least} to {most}"), value);

    public void AtLeast(string name, long? value, long least) =>
        Require(value is null || value >= least, name, string.Create(CultureInfo.InvariantCulture, $"must be {least:N0} or more"), value);

    public void AtLeast(string name, double? value, double least) =>
        Require(value is null || (value >= least && double.IsFinite(value.Value)), name, string.Create(CultureInfo.InvariantCulture, $"must be {least} or more"), value);

    public void MoreThan(string name, double? value, double bound) =>
        Require(value is null || (value > bound && double.IsFinite(value.Value)), name, string.Create(CultureInfo.InvariantCulture, $"must be more than {bound}"), value);

    public void Positive(string name, TimeSpan? value) => Require(value is null || value > TimeSpan.Zero, name, "must be positive", value);

    public void NotNegative(string name, TimeSpan? value) => Require(value is null || value >= TimeSpan.Zero, name, "must not be negative", value);

    public void Timer(string name, TimeSpan? value, TimeSpan least) =>
        Require(value is null || (value >= least && value <= LongestTimer), name, $"must be {least} to {LongestTimer}", value);

    public void Defined<T>(string name, T? value)
        where T : struct, Enum =>
        Require(value is null || Enum.IsDefined(value.Value), name, $"must be one of {string.Join(", ", Enum.GetNames<T>())}", value);

    /// <summary>A metadata key whose values are text: hashing and comparing the base64 of a <c>-bin</c> key would tell equal values apart (gRFC A42).</summary>
    public void TextKey(string name, string? key)
    {
        if (key is not null)
        {
            Require(
                MetadataRules.IsValidKey(Encoding.UTF8.GetBytes(key.ToLowerInvariant())) && !key.EndsWith("-bin", StringComparison.OrdinalIgnoreCase),
                name,
                "must be a metadata key of letters, digits, '-', '_' and '.' that does not end in '-bin'",
                key.Length == 0 ? null : key);
        }
    }
}
