using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace GrpcRouter;

/// <summary>
/// Finds configured keys that name no option, and values that cannot be read. The binder passes over both in silence, over the latter wherever they
/// stand in a list or a map.
/// </summary>
internal static class ConfiguredKeys
{
    public static IEnumerable<string> FindErrors(IConfiguration section, string path, Type type)
    {
        PropertyInfo[] options = [.. type.GetProperties().Where(static property => IsOption(property.PropertyType))];
        foreach (IConfigurationSection child in section.GetChildren())
        {
            PropertyInfo? option = Array.Find(options, option => option.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            string childPath = $"{path}:{child.Key}";
            IEnumerable<string> errors = option is null
                ? [$"{childPath} is no option{(NearestName.Of(child.Key, options.Select(static option => option.Name)) is { } near ? $"; did you mean {near}?" : ".")}"]
                : FindBelow(child, childPath, option.PropertyType);
            foreach (string error in errors)
            {
                yield return error;
            }
        }
    }

    // Values, and groups, lists and maps of ours: not what only code can give, such as a source of chance.
    private static bool IsOption(Type type) => IsValue(type) || (ElementOf(type) is { } element ? IsOption(element) : IsGroup(type));

    private static IEnumerable<string> FindBelow(IConfigurationSection section, string path, Type type)
    {
        if (IsValue(type))
        {
            return section.GetChildren().Any() ? [$"{path} is a value; nothing can be set below it."] : CheckValue(section.Value, path, type);
        }

        return !string.IsNullOrEmpty(section.Value) ? [$"{path} has options below it and is no value itself; it is '{section.Value}'."]
            : ElementOf(type) is { } element ? section.GetChildren().SelectMany(child => FindBelow(child, $"{path}:{child.Key}", element))
            : FindErrors(section, path, type);
    }

    private static IEnumerable<string> CheckValue(string? text, string path, Type type)
    {
        Type value = Nullable.GetUnderlyingType(type) ?? type;
        if (string.IsNullOrEmpty(text) ? value != type || value == typeof(string) : CanRead(text, value))
        {
            return [];
        }

        string kind = value.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(value))}"
            : value == typeof(TimeSpan) ? "a time such as 00:00:10"
            : value == typeof(bool) ? "true or false"
            : value == typeof(double) ? "a number"
            : "a whole number within its range";
        return [$"{path} must be {kind}; it is '{text}'."];
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

    private static bool IsValue(Type type) =>
        type == typeof(string) || type == typeof(TimeSpan) || type.IsPrimitive || type.IsEnum || (Nullable.GetUnderlyingType(type) is { } value && IsValue(value));

    private static bool IsGroup(Type type) => type.IsClass && type.Assembly == typeof(RouterOptions).Assembly && type.GetConstructor(Type.EmptyTypes) is not null;

    private static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() is { } generic && (generic == typeof(IList<>) || generic == typeof(IDictionary<,>))
            ? type.GetGenericArguments()[^1]
            : null;
}
