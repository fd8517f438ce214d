using System.ComponentModel;
using Microsoft.Extensions.Configuration;

namespace GrpcRouter;

/// <summary>
/// Finds configured keys that name no option, and values that cannot be read. The binder passes over both in silence, over the latter wherever they
/// stand in a list or a map.
/// </summary>
internal static class ConfiguredKeys
{
    public static IEnumerable<KeyError> FindErrors(IConfiguration section, string path, Type type)
    {
        OptionInfo[] options = [.. OptionInfo.Of(type).Where(static option => option.Kind != OptionKind.Code)];
        foreach (IConfigurationSection child in section.GetChildren())
        {
            OptionInfo? option = Array.Find(options, option => option.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            string childPath = $"{path}:{child.Key}";
            IEnumerable<KeyError> errors = option is null
                ? [new(childPath, $" is no option{(NearestName.Of(child.Key, options.Select(static option => option.Name)) is { } near ? $"; did you mean {near}?" : ".")}")]
                : FindBelow(child, childPath, option.Type);
            foreach (KeyError error in errors)
            {
                yield return error;
            }
        }
    }

    private static IEnumerable<KeyError> FindBelow(IConfigurationSection section, string path, Type type)
    {
        if (OptionType.KindOf(type) == OptionKind.Value)
        {
            return section.GetChildren().Any() ? [new(path, " is a value; nothing can be set below it.")] : CheckValue(section.Value, path, type);
        }

        return !string.IsNullOrEmpty(section.Value) ? [new(path, " has options below it and is no value itself.")]
            : OptionType.ElementOf(type) is { } element ? section.GetChildren().SelectMany(child => FindBelow(child, $"{path}:{child.Key}", element))
            : FindErrors(section, path, type);
    }

    private static IEnumerable<KeyError> CheckValue(string? text, string path, Type type)
    {
        Type value = OptionType.Bare(type);
        if (string.IsNullOrEmpty(text) ? value != type || value == typeof(string) : CanRead(text, value))
        {
            return [];
        }

        string kind = value.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(value))}"
            : value == typeof(TimeSpan) ? "a time such as 00:00:10"
            : value == typeof(bool) ? "true or false"
            : value == typeof(DateTimeOffset) ? "a date and time such as 2027-01-31T12:00:00Z"
            : value == typeof(Uri) ? "an address"
            : value == typeof(double) || value == typeof(decimal) ? "a number"
            : "a whole number within its range";
        return [new(path, $" must be {kind}; it is '{text}'.")];
    }

    private static bool CanRead(string text, Type type)
    {
        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            return true;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            return false;
        }
    }
}
