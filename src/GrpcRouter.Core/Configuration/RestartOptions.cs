using System.Collections;

namespace GrpcRouter;

/// <summary>Options that count from the router's start to its end.</summary>
internal static class RestartOptions
{
    /// <summary>Sets those of new options to what they were, so that what the options say is what counts.</summary>
    public static void Keep(object before, object after, ReloadEffect inherited = ReloadEffect.NewCalls)
    {
        foreach (OptionInfo option in OptionInfo.Of(after.GetType()))
        {
            ReloadEffect effect = option.Effect ?? inherited;
            object? old = option.Property.GetValue(before);
            object? now = option.Property.GetValue(after);
            if (effect == ReloadEffect.Restart && option.Property.SetMethod is { IsPublic: true })
            {
                option.Property.SetValue(after, old);
            }
            else if (effect == ReloadEffect.Restart && option.Kind is OptionKind.List or OptionKind.Map)
            {
                Refill(old, now);
            }
            else if (option.Kind == OptionKind.Group && old is not null && now is not null)
            {
                Keep(old, now, effect);
            }
        }
    }

    private static void Refill(object? from, object? to)
    {
        if (to is IDictionary map)
        {
            map.Clear();
            foreach (DictionaryEntry entry in (IDictionary)from!)
            {
                map.Add(entry.Key, entry.Value);
            }
        }
        else if (to is IList list)
        {
            list.Clear();
            foreach (object? entry in (IEnumerable)from!)
            {
                list.Add(entry);
            }
        }
    }
}
