using System.Collections;

namespace GrpcRouter.Config;

/// <summary>Options in which every group is there, every list has an entry, and every map one under a name that says what it stands for.</summary>
internal static class SampleOptions
{
    public static RouterOptions Create() => (RouterOptions)Fill(new RouterOptions());

    /// <summary>The entry of a list or a map.</summary>
    public static (string Key, object Entry) EntryOf(object entries) => entries is IDictionary map
        ? (map.Keys.Cast<string>().First(), map.Values.Cast<object>().First())
        : ("0", ((IEnumerable)entries).Cast<object>().First());

    private static object Fill(object group)
    {
        foreach (OptionInfo option in OptionInfo.Of(group.GetType()))
        {
            object? value = option.Property.GetValue(group);
            if (option.Kind == OptionKind.Group)
            {
                value ??= Activator.CreateInstance(option.Type)!;
                option.Property.SetValue(group, value);
                Fill(value);
            }
            else if (option.Kind is OptionKind.List or OptionKind.Map && OptionType.ElementOf(option.Type) is { } element && OptionType.KindOf(element) == OptionKind.Group)
            {
                object entry = Fill(Activator.CreateInstance(element)!);
                if (value is IDictionary map)
                {
                    map[$"<{Singular(option.Name)}>"] = entry;
                }
                else
                {
                    ((IList)value!).Add(entry);
                }
            }
        }

        return group;
    }

    private static string Singular(string name) => (name.EndsWith("ies", StringComparison.Ordinal) ? name[..^3] + "y" : name.TrimEnd('s')).ToLowerInvariant();
}
