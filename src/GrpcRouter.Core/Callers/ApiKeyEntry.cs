namespace GrpcRouter;

/// <summary>A configured key. It never changes.</summary>
/// <param name="Identity">Who brings it.</param>
/// <param name="Options">When it is good.</param>
internal sealed record ApiKeyEntry(PeerIdentity Identity, ApiKeyOptions Options)
{
    public ApiKeyVerdict Judge(DateTimeOffset now) =>
        Options.Disabled ? ApiKeyVerdict.Disabled
        : now < Options.NotBefore ? ApiKeyVerdict.NotYet
        : now >= Options.Expires ? ApiKeyVerdict.Expired
        : ApiKeyVerdict.Good;
}
