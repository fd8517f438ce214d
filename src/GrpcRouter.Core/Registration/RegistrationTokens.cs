using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GrpcRouter;

/// <summary>Verifies registration tokens with the keys that count now. Messages never hold a token or a part of one.</summary>
internal sealed class RegistrationTokens
{
    /// <summary>The label of an identity that says which key has signed for it.</summary>
    public const string KeyLabel = "kid";

    private const int MaxLength = 8 * 1024;
    private const int MaxSubjectLength = 512;
    private const int MaxIdLength = 256;

    private readonly JsonWebTokenHandler handler = new() { MaximumTokenSizeInBytes = MaxLength, MapInboundClaims = false };
    private readonly Dictionary<string, (RegistrationKey Key, TokenValidationParameters Rules)> keys = new(StringComparer.Ordinal);
    private readonly RegistrationTokenOptions options;
    private readonly TimeProvider time;

    public RegistrationTokens(RegistrationTokenOptions options, string audience, TimeProvider time, Action<string> onUnusableKey)
    {
        this.options = options;
        this.time = time;
        foreach (RegistrationKeyOptions key in options.Keys)
        {
            // A file may be gone since it was checked; the other keys are good without it.
            if (RegistrationKey.TryMake(key, out string option, out string problem) is { } made)
            {
                keys[key.Id] = (made, Rules(made, audience));
            }
            else
            {
                onUnusableKey($"The key {key.Id} of registration tokens cannot be used: {option} {problem}.");
            }
        }
    }

    /// <summary>Tokens are looked at.</summary>
    public bool AreTaken => options.Keys.Count > 0;

    public bool OneUse => options.OneUse;

    public int ReplayCacheSize => options.ReplayCacheSize;

    /// <summary>Finds what has become of the key that signed for an identity; null: nothing, or none did.</summary>
    public RegistrationRefusal? Find(PeerIdentity identity)
    {
        if (identity.Scheme != PeerIdentitySchemes.Token || !identity.Labels.TryGetValue(KeyLabel, out string? id))
        {
            return null;
        }

        return !keys.TryGetValue(id, out (RegistrationKey Key, TokenValidationParameters) key) ? RegistrationRefusal.Unauthenticated("The key of the registration token is not valid any more.")
            : !key.Key.SpeaksFor(identity.Name) ? RegistrationRefusal.Unauthenticated("The key of the registration token may not sign for its subject.")
            : null;
    }

    public async ValueTask<RegistrationTokenResult> VerifyAsync(string token)
    {
        JsonWebToken read;
        try
        {
            read = handler.ReadJsonWebToken(token);
        }
        catch (Exception error) when (error is ArgumentException or SecurityTokenException)
        {
            return Refuse("cannot be read");
        }

        // No extension is understood here, so none may be critical (RFC 7515, section 4.1.11).
        if (read.IsEncrypted || read.TryGetHeaderValue("crit", out object? _))
        {
            return Refuse("cannot be read");
        }

        if (!keys.TryGetValue(read.Kid ?? "", out (RegistrationKey Key, TokenValidationParameters Rules) key))
        {
            return Refuse("is signed with a key that the router does not have");
        }

        // What signs is said by the key, never by the token (RFC 8725, section 3.1).
        if (read.Alg != key.Key.Algorithm)
        {
            return Refuse("is not signed in the way that its key is for");
        }

        TokenValidationResult result = await handler.ValidateTokenAsync(read, key.Rules).ConfigureAwait(false);
        return result.IsValid ? Judge(read, key.Key) : Refuse(result.Exception switch
        {
            SecurityTokenInvalidAudienceException => "is for another audience",
            SecurityTokenInvalidTypeException => "is of another type",
            SecurityTokenInvalidSignatureException => "has a wrong signature",
            _ => "is not valid",
        });
    }

    private RegistrationTokenResult Judge(JsonWebToken token, RegistrationKey key)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (!TryTime(token, JwtRegisteredClaimNames.Exp, out DateTimeOffset? expires) || !TryTime(token, JwtRegisteredClaimNames.Nbf, out DateTimeOffset? begins) || expires is not { } until)
        {
            return Refuse("says no time until which it is good");
        }

        if (now >= until + options.ClockSkew)
        {
            return Refuse("has expired");
        }

        if (begins is { } from && now < from - options.ClockSkew)
        {
            return Refuse("is not good yet");
        }

        if (until - now > options.MaxLifetime + options.ClockSkew)
        {
            return Refuse($"is good for longer than {options.MaxLifetime}");
        }

        string subject = token.Subject ?? "";
        if (subject.Length is 0 or > MaxSubjectLength || subject.Any(static c => c is < ' ' or > '~'))
        {
            return Refuse($"has no subject of 1 to {MaxSubjectLength} printable ASCII characters");
        }

        if (!key.SpeaksFor(subject))
        {
            return Refuse("is signed with a key that may not sign for its subject");
        }

        string id = token.Id ?? "";
        if (options.OneUse && id.Length is 0 or > MaxIdLength)
        {
            return Refuse($"has no id (jti) of 1 to {MaxIdLength} characters");
        }

        DateTimeOffset end = until + options.ClockSkew;
        return new RegistrationTokenResult(
            new PeerIdentity(PeerIdentitySchemes.Token, subject) { Expires = end, Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [KeyLabel] = key.Id } },
            id,
            end,
            Refusal: null);
    }

    // Seconds since 1970, as RFC 7519 has them; beyond what a date can be they are no time.
    private static bool TryTime(JsonWebToken token, string claim, out DateTimeOffset? result)
    {
        result = null;
        if (!token.TryGetPayloadValue(claim, out object? _))
        {
            return true;
        }

        if (!token.TryGetPayloadValue(claim, out double seconds) || seconds is not (>= 0 and <= 250_000_000_000))
        {
            return false;
        }

        result = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }

    private static RegistrationTokenResult Refuse(string why) =>
        new(Identity: null, "", default, RegistrationRefusal.Unauthenticated($"The registration token {why}."));

    private TokenValidationParameters Rules(RegistrationKey key, string audience) => new()
    {
        IssuerSigningKeyResolver = (_, _, _, _) => [key.Key],
        ValidAlgorithms = [key.Algorithm],
        ValidTypes = options.Type is { Length: > 0 } type ? [type] : null,
        ValidAudience = audience,
        ValidateIssuer = false,
        RequireSignedTokens = true,
        RequireExpirationTime = false,

        // Times are judged by the router's clock.
        ValidateLifetime = false,
        TryAllIssuerSigningKeys = false,
        IncludeTokenOnFailedValidation = false,
    };
}
