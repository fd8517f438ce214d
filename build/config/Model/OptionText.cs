using System.Globalization;
using System.Text.RegularExpressions;

namespace GrpcRouter.Config;

/// <summary>Says of an option what it is and what counts without it.</summary>
internal static partial class OptionText
{
    private const int LongestDefault = 80;

    public static OptionModelEntry Describe(OptionInfo option, ReloadEffect effect, string summary, object? value, string rule) =>
        new(option, Kind(option, summary), Default(option, summary, value), rule, effect, summary, value);

    private static string Kind(OptionInfo option, string summary) => option.Kind switch
    {
        OptionKind.Value => Kind(OptionType.Bare(option.Type), summary),
        OptionKind.List => $"list of {Plural(OptionType.ElementOf(option.Type)!)}",
        OptionKind.Map => $"map of {Plural(OptionType.ElementOf(option.Type)!)}",
        _ => "group",
    };

    private static string Kind(Type type, string summary) =>
        type.IsEnum ? string.Join(", ", Enum.GetNames(type).Select(static name => $"`{name}`"))
        : type == typeof(TimeSpan) ? "time"
        : type == typeof(bool) ? "true or false"
        : type == typeof(string) ? "text"
        : type == typeof(DateTimeOffset) ? "date and time"
        : type == typeof(Uri) ? "address"
        : Bytes().IsMatch(summary) ? "bytes"
        : Percent().IsMatch(summary) ? "percent"
        : type == typeof(double) || type == typeof(decimal) ? "number"
        : "whole number";

    private static string Plural(Type type) => OptionType.KindOf(type) == OptionKind.Group ? "groups" : type.IsEnum ? $"`{type.Name}`" : "texts";

    private static string Default(OptionInfo option, string summary, object? value)
    {
        string? said = Said().Match(summary) is { Success: true } match ? match.Groups[1].Value : null;
        return said is not null ? said.Length <= LongestDefault ? said : said.Split(", ")[0]
            : value is not null and not "" ? $"`{Format(value)}`"
            : option.Kind switch { OptionKind.List or OptionKind.Map => "empty", OptionKind.Group => "", _ => "none" };
    }

    public static string Format(object value) => value switch
    {
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    [GeneratedRegex(@"(?:^|[.;] |the )[Dd]efault:? (.+?)(?:[;.](?=\s|$)|$)", RegexOptions.None, 1000)]
    private static partial Regex Said();

    [GeneratedRegex(@"^Bytes\b|\bin bytes\b", RegexOptions.None, 1000)]
    private static partial Regex Bytes();

    [GeneratedRegex(@"\bpercent\b", RegexOptions.None, 1000)]
    private static partial Regex Percent();
}
