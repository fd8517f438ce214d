namespace GrpcRouter;

/// <summary>How often a secret of an API key was used since the router started.</summary>
/// <param name="Key">The key's name.</param>
/// <param name="SecretId">Which of its secrets: <see cref="ApiKey.Id"/>.</param>
/// <param name="Calls">Calls that brought it while it was good.</param>
/// <param name="Refused">Calls that brought it while the key was disabled, expired or not good yet.</param>
/// <param name="LastUsed">When the last call brought it, good or not, to a second; null: none has.</param>
public sealed record ApiKeyUse(string Key, string SecretId, long Calls, long Refused, DateTimeOffset? LastUsed);
