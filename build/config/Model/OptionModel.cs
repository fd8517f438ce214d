namespace GrpcRouter.Config;

/// <summary>All that can be configured.</summary>
/// <param name="Groups">The classes of options, each once, in the order that they are met from the root.</param>
internal sealed record OptionModel(IReadOnlyList<GroupModel> Groups)
{
    public const string Section = "GrpcRouter";

    /// <summary>Reads the options, their documentation and their rules.</summary>
    public static OptionModel Read()
    {
        Summaries summaries = Summaries.Load();
        RuleProbe rules = new();
        List<GroupModel> groups = [];
        Visit(typeof(RouterOptions), Section, ReloadEffect.NewCalls, rules.Sample);
        return new OptionModel(groups);

        void Visit(Type type, string path, ReloadEffect inherited, object sample)
        {
            GroupModel? known = groups.Find(group => group.Type == type);
            if (known is not null)
            {
                known.Paths.Add(path);
            }
            else
            {
                known = new GroupModel(type, summaries.Of(type), [path], []);
                groups.Add(known);
            }

            object empty = Activator.CreateInstance(type)!;
            foreach (OptionInfo option in OptionInfo.Of(type).Where(static option => option.Kind != OptionKind.Code))
            {
                ReloadEffect effect = option.Effect ?? inherited;
                string at = $"{path}:{option.Name}";
                object? value = option.Property.GetValue(sample);
                if (known.Paths.Count == 1)
                {
                    known.Options.Add(OptionText.Describe(
                        option, effect, summaries.Of(option.Property), option.Kind == OptionKind.Value ? option.Property.GetValue(empty) : null, rules.Find(option, sample, at)));
                }

                Type? element = OptionType.ElementOf(option.Type);
                if (option.Kind == OptionKind.Group)
                {
                    Visit(option.Type, at, effect, value!);
                }
                else if (element is not null && OptionType.KindOf(element) == OptionKind.Group)
                {
                    (string key, object entry) = SampleOptions.EntryOf(value!);
                    Visit(element, $"{at}:{key}", effect, entry);
                }
            }
        }
    }
}
