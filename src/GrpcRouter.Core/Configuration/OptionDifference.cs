using System.Collections;
using System.Globalization;

namespace GrpcRouter;

/// <summary>Compares options by what they say. What only code can set is passed over: it is made anew with each object, and says nothing then.</summary>
internal static class OptionDifference
{
    /// <summary>All values that differ; lists of values as one.</summary>
    /// <param name="before">The old options.</param>
    /// <param name="after">The new ones, of the same class.</param>
    /// <param name="path">Where they stand.</param>
    /// <param name="effect">From when on a change counts that says nothing itself.</param>
    public static List<OptionChange> Find(object before, object after, string path, ReloadEffect effect = ReloadEffect.NewCalls)
    {
        List<OptionChange> changes = [];
        CompareGroups(before, after, path, effect, changes);
        return changes;
    }

    /// <summary>Nothing differs.</summary>
    public static bool AreEqual(object? before, object? after) =>
        ReferenceEquals(before, after) || (before is not null && after is not null && before.GetType() == after.GetType() && Find(before, after, "").Count == 0);

    /// <summary>No value differs that stands in the group itself, and none of those below named ones.</summary>
    /// <param name="before">The old options.</param>
    /// <param name="after">The new ones.</param>
    /// <param name="groups">Names of groups.</param>
    public static bool AreEqualAt<T>(T before, T after, params ReadOnlySpan<string> groups)
        where T : class
    {
        List<OptionChange> changes = [];
        foreach (OptionInfo option in OptionInfo.Of(typeof(T)))
        {
            if (option.Kind == OptionKind.Value || groups.Contains(option.Name))
            {
                Compare(option, option.Property.GetValue(before), option.Property.GetValue(after), "", ReloadEffect.NewCalls, changes);
            }
        }

        return changes.Count == 0;
    }

    private static void CompareGroups(object before, object after, string path, ReloadEffect effect, List<OptionChange> changes)
    {
        foreach (OptionInfo option in OptionInfo.Of(after.GetType()))
        {
            if (option.Kind != OptionKind.Code)
            {
                Compare(option, option.Property.GetValue(before), option.Property.GetValue(after), $"{path}:{option.Name}", option.Effect ?? effect, changes);
            }
        }
    }

    private static void Compare(OptionInfo option, object? before, object? after, string path, ReloadEffect effect, List<OptionChange> changes)
    {
        switch (option.Kind)
        {
            case OptionKind.List:
                CompareLists((IEnumerable?)before, (IEnumerable?)after, OptionType.ElementOf(option.Type)!, path, effect, changes);
                break;
            case OptionKind.Map:
                CompareMaps((IEnumerable?)before, (IEnumerable?)after, OptionType.ElementOf(option.Type)!, path, effect, changes);
                break;
            default:
                CompareEntries(before, after, option.Kind, path, effect, changes);
                break;
        }
    }

    private static void CompareEntries(object? before, object? after, OptionKind kind, string path, ReloadEffect effect, List<OptionChange> changes)
    {
        if (kind != OptionKind.Group || before is null || after is null)
        {
            if (!Equals(before, after))
            {
                changes.Add(new OptionChange(path, effect));
            }
        }
        else
        {
            CompareGroups(before, after, path, effect, changes);
        }
    }

    private static void CompareLists(IEnumerable? before, IEnumerable? after, Type element, string path, ReloadEffect effect, List<OptionChange> changes)
    {
        object?[] olds = [.. before?.Cast<object?>() ?? []];
        object?[] news = [.. after?.Cast<object?>() ?? []];
        OptionKind kind = OptionType.KindOf(element);
        if (olds.Length != news.Length || kind == OptionKind.Value)
        {
            if (!olds.SequenceEqual(news))
            {
                changes.Add(new OptionChange(path, effect));
            }

            return;
        }

        for (int i = 0; i < news.Length; i++)
        {
            CompareEntries(olds[i], news[i], kind, string.Create(CultureInfo.InvariantCulture, $"{path}:{i}"), effect, changes);
        }
    }

    private static void CompareMaps(IEnumerable? before, IEnumerable? after, Type element, string path, ReloadEffect effect, List<OptionChange> changes)
    {
        Dictionary<string, object?> olds = OptionEntries.Of(before);
        Dictionary<string, object?> news = OptionEntries.Of(after);
        OptionKind kind = OptionType.KindOf(element);
        foreach (string key in olds.Keys.Union(news.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            CompareEntries(olds.GetValueOrDefault(key), news.GetValueOrDefault(key), kind, $"{path}:{key}", effect, changes);
        }
    }
}
