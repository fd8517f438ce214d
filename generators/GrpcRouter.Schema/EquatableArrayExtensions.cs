namespace GrpcRouter.Schema;

/// <summary>Makes an <see cref="EquatableArray{T}"/> from a sequence.</summary>
public static class EquatableArrayExtensions
{
    /// <summary>Copies <paramref name="items"/> into a list with value equality.</summary>
    public static EquatableArray<T> ToEquatableArray<T>(this IEnumerable<T> items) => new(items);
}
