namespace GrpcRouter;

/// <summary>Tells what can be configured from what only code can set, by its type.</summary>
internal static class OptionType
{
    public static OptionKind KindOf(Type type) =>
        IsValue(type) ? OptionKind.Value
        : ElementOf(type) is { } element ? KindOf(element) == OptionKind.Code ? OptionKind.Code : IsMap(type) ? OptionKind.Map : OptionKind.List
        : IsGroup(type) ? OptionKind.Group
        : OptionKind.Code;

    /// <summary>What a list or a map has entries of; null for what is neither.</summary>
    public static Type? ElementOf(Type type) =>
        IsMap(type) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>)) ? type.GetGenericArguments()[^1]
        : type == typeof(string[]) ? typeof(string)
        : null;

    /// <summary>The type without its nullability.</summary>
    public static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static bool IsValue(Type type)
    {
        Type bare = Bare(type);
        return bare == typeof(string) || bare.IsPrimitive || bare.IsEnum || bare == typeof(TimeSpan) || bare == typeof(DateTimeOffset) || bare == typeof(Uri) || bare == typeof(decimal);
    }

    private static bool IsMap(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>);

    // Options are classes of ours that can be made empty.
    private static bool IsGroup(Type type) => type.IsClass && (type.Assembly == typeof(RouterOptions).Assembly || type.Assembly == typeof(CertificateOptions).Assembly) && type.GetConstructor(Type.EmptyTypes) is not null;
}
