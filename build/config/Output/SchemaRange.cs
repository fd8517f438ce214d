using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GrpcRouter.Config;

/// <summary>Reads the bounds of a number out of its rule.</summary>
internal static partial class SchemaRange
{
    public static void Add(JsonObject schema, Type type, string rule)
    {
        if (!type.IsPrimitive || type == typeof(bool))
        {
            return;
        }

        if (FromTo().Match(rule) is { Success: true } range)
        {
            schema["minimum"] = Number(range.Groups[1].Value);
            schema["maximum"] = Number(range.Groups[2].Value);
        }
        else if (OrMore().Match(rule) is { Success: true } least)
        {
            schema["minimum"] = Number(least.Groups[1].Value);
        }
        else if (MoreThan().Match(rule) is { Success: true } bound)
        {
            schema["exclusiveMinimum"] = Number(bound.Groups[1].Value);
        }
        else if (rule.StartsWith("positive", StringComparison.Ordinal))
        {
            schema["exclusiveMinimum"] = 0;
        }
    }

    private static JsonNode Number(string text)
    {
        decimal number = decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);
        return number == decimal.Truncate(number) ? JsonValue.Create((long)number) : JsonValue.Create(number);
    }

    [GeneratedRegex(@"^(-?[\d,.]+) to ([\d,.]+)", RegexOptions.None, 1000)]
    private static partial Regex FromTo();

    [GeneratedRegex(@"^(-?[\d,.]+) or more", RegexOptions.None, 1000)]
    private static partial Regex OrMore();

    [GeneratedRegex(@"^more than (-?[\d,.]+)", RegexOptions.None, 1000)]
    private static partial Regex MoreThan();
}
