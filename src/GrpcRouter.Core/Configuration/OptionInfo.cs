using System.Collections.Concurrent;
using System.Reflection;

namespace GrpcRouter;

/// <summary>One option: a property of a class of options.</summary>
/// <param name="Property">The property.</param>
/// <param name="Kind">What it is to the configuration.</param>
/// <param name="Effect">From when on a change counts; null: as that of the group it is in.</param>
/// <param name="IsSensitive">Its value must not be told.</param>
internal sealed record OptionInfo(PropertyInfo Property, OptionKind Kind, ReloadEffect? Effect, bool IsSensitive)
{
    private static readonly ConcurrentDictionary<Type, OptionInfo[]> Known = new();

    public string Name => Property.Name;

    public Type Type => Property.PropertyType;

    /// <summary>The options of a class, those of the class it derives from first, each in the order that it is written in.</summary>
    public static OptionInfo[] Of(Type type) => Known.GetOrAdd(type, static type =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.GetMethod is not null && property.GetIndexParameters().Length == 0)
            .OrderBy(static property => Depth(property.DeclaringType!))
            .ThenBy(static property => property.MetadataToken)
            .Select(static property => new OptionInfo(
                property,
                OptionType.KindOf(property.PropertyType) is OptionKind.Value or OptionKind.Group && property.SetMethod is not { IsPublic: true } ? OptionKind.Code : OptionType.KindOf(property.PropertyType),
                property.GetCustomAttribute<ReloadAttribute>()?.Effect,
                property.IsDefined(typeof(SensitiveAttribute)))),
    ]);

    private static int Depth(Type type) => type.BaseType is { } parent ? Depth(parent) + 1 : 0;
}
