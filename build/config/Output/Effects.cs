namespace GrpcRouter.Config;

/// <summary>From when on a changed option counts, in words.</summary>
internal static class Effects
{
    public static string Words(ReloadEffect effect) => effect switch
    {
        ReloadEffect.NewCalls => "new calls",
        ReloadEffect.NewChannels => "new channels",
        ReloadEffect.AtOnce => "at once",
        _ => "restart",
    };

    public static string Sentence(ReloadEffect effect) => effect switch
    {
        ReloadEffect.NewCalls => "A change counts for new calls.",
        ReloadEffect.NewChannels => "A change counts for new channels and connections.",
        ReloadEffect.AtOnce => "A change counts at once.",
        _ => "A change needs a restart.",
    };
}
