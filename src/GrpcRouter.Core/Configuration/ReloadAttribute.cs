namespace GrpcRouter;

/// <summary>
/// Says from when on a changed option counts. On a group it is for all options below that have none of their own; without any it is <see cref="ReloadEffect.NewCalls"/>.
/// </summary>
/// <param name="effect">From when on.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ReloadAttribute(ReloadEffect effect) : Attribute
{
    /// <summary>From when on.</summary>
    public ReloadEffect Effect => effect;
}
