using System.Collections;

namespace GrpcRouter.Config;

/// <summary>
/// Finds out what an option may be from those who decide it: it is set to values that can hardly be right, and what the validation says of them is the rule. A rule that is written down a
/// second time drifts from the first.
/// </summary>
internal sealed class RuleProbe
{
    public RouterOptions Sample { get; } = SampleOptions.Create();

    /// <param name="option">The option.</param>
    /// <param name="group">The options it belongs to, part of the sample.</param>
    /// <param name="path">Where it stands.</param>
    /// <returns>The rule, such as <c>1 to 5</c>; empty when any value will do.</returns>
    public string Find(OptionInfo option, object group, string path)
    {
        List<string> rules = [];
        if (option.Kind == OptionKind.Value)
        {
            object? before = option.Property.GetValue(group);
            foreach (object? value in Unlikely(OptionType.Bare(option.Type)))
            {
                option.Property.SetValue(group, value);
                rules.AddRange(Rules(path));
            }

            option.Property.SetValue(group, before);
        }
        else if (option.Kind == OptionKind.List && OptionType.ElementOf(option.Type) == typeof(string) && option.Property.GetValue(group) is IList list)
        {
            list.Add("");
            rules.AddRange(Rules(path));
            list.Clear();
        }

        return string.Join("; ", rules.Distinct(StringComparer.Ordinal));
    }

    private static object?[] Unlikely(Type type) =>
        type == typeof(int) ? [int.MinValue, -1, 0, int.MaxValue]
        : type == typeof(long) ? [long.MinValue, -1L, 0L, long.MaxValue]
        : type == typeof(double) ? [double.MinValue, -1.0, 0.0, double.MaxValue]
        : type == typeof(TimeSpan) ? [TimeSpan.MinValue, TimeSpan.FromTicks(-1), TimeSpan.Zero, TimeSpan.MaxValue]
        : type == typeof(string) ? ["", "\u0001 ?", "x-bin"]
        : [];

    private IEnumerable<string> Rules(string path) => Sample.FindErrors()
        .Where(error => error.StartsWith(path + " ", StringComparison.Ordinal))
        .Select(error => error[(path.Length + 1)..])

        // Others say what is wrong with the value that was tried.
        .Where(static sentence => sentence.StartsWith("must ", StringComparison.Ordinal))
        .Select(Rule);

    // "must be 1 to 5; it is 9." says "1 to 5".
    private static string Rule(string sentence)
    {
        string rule = sentence.Split("; it is ")[0].Split("; they are ")[0].TrimEnd('.');
        return rule.StartsWith("must be ", StringComparison.Ordinal) ? rule["must be ".Length..]
            : rule.StartsWith("must not ", StringComparison.Ordinal) ? rule["must ".Length..]
            : rule;
    }
}
