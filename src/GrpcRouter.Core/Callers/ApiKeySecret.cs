namespace GrpcRouter;

/// <summary>A configured secret, with the key that it belongs to and its counts.</summary>
/// <param name="id">The part of tokens that names it.</param>
/// <param name="hash">SHA-256 of the whole token.</param>
/// <param name="key">The key.</param>
/// <param name="counts">How often it was used; the same after a change of the configuration.</param>
internal sealed class ApiKeySecret(ulong id, byte[] hash, ApiKeyEntry key, ApiKeyCounts counts)
{
    public ulong Id => id;

    public ReadOnlySpan<byte> Hash => hash;

    public ApiKeyEntry Key => key;

    public ApiKeyCounts Counts => counts;
}
