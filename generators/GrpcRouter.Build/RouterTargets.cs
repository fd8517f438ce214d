namespace GrpcRouter.Build;

// What the GrpcRouter metadata of an item asks for.
internal readonly record struct RouterTargets(bool Router, bool Bridge)
{
    public bool Any => Router || Bridge;

    // "Both" is the default and yields the bridge where there are no base classes; a bridge asked for by name does not.
    public static RouterTargets? Parse(string metadata, bool hasServiceBases)
    {
        var words = metadata.Split(';').Select(word => word.Trim().ToUpperInvariant()).Where(word => word.Length > 0).ToArray();
        if (words.Length == 0)
        {
            words = ["BOTH"];
        }

        if (words.Contains("NONE") ? words.Distinct(StringComparer.Ordinal).Count() > 1 : !words.All(word => word is "ROUTER" or "BRIDGE" or "BOTH"))
        {
            return null;
        }

        var both = words.Contains("BOTH");
        return new RouterTargets(both || words.Contains("ROUTER"), words.Contains("BRIDGE") || (both && hasServiceBases));
    }
}
