namespace GrpcRouter.Config;

/// <summary>A class of options.</summary>
/// <param name="Type">The class.</param>
/// <param name="Summary">What it is for.</param>
/// <param name="Paths">Where it stands.</param>
/// <param name="Options">What it has.</param>
internal sealed record GroupModel(Type Type, string Summary, List<string> Paths, List<OptionModelEntry> Options)
{
    /// <summary>The class without what all names of options end with.</summary>
    public string Name => Type.Name.EndsWith("Options", StringComparison.Ordinal) ? Type.Name[..^"Options".Length] : Type.Name;
}
