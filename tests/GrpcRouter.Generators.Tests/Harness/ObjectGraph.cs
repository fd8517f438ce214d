using System.Reflection;

namespace GrpcRouter.Generators.Tests.Harness;

/// <summary>Everything that can be reached from an object through fields and array items.</summary>
internal static class ObjectGraph
{
    public static IEnumerable<object> Reachable(object root)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object> open = new([root]);
        while (open.TryPop(out var node))
        {
            if (!seen.Add(node))
                continue;
            yield return node;
            foreach (var child in Children(node))
                open.Push(child);
        }
    }

    private static IEnumerable<object> Children(object node)
    {
        var type = node.GetType();
        if (type.IsPrimitive || type.IsEnum || node is string or Type or Pointer or MemberInfo)
            return [];
        var items = node is Array array ? array.Cast<object?>() : [];
        return items.Concat(Fields(type).Select(field => field.GetValue(node))).OfType<object>();
    }

    private static IEnumerable<FieldInfo> Fields(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                yield return field;
        }
    }
}
