using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GrpcRouter;

/// <summary>
/// Makes registration tokens of version 1: JSON Web Tokens (RFC 7519) of the type <c>grpcrouter-registration-v1+jwt</c> with <c>kid</c>, <c>sub</c>, <c>aud</c>, <c>iat</c>, <c>nbf</c>,
/// <c>exp</c> and a random <c>jti</c>. Safe for concurrent use.
/// </summary>
public sealed class RegistrationTokenSigner
{
    private const string Type = "grpcrouter-registration-v1+jwt";
    private const int MinSecretLength = 32;
    private const int IdLength = 32;
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(10);

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials credentials;
    private readonly string subject;
    private readonly string audience;
    private readonly TimeSpan lifetime;
    private readonly TimeProvider time;

    private RegistrationTokenSigner(SecurityKey key, string algorithm, string keyId, string subject, string audience, TimeSpan? lifetime, TimeProvider? time)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        ArgumentException.ThrowIfNullOrEmpty(subject);
        ArgumentException.ThrowIfNullOrEmpty(audience);
        key.KeyId = keyId;
        credentials = new SigningCredentials(key, algorithm);
        this.subject = subject;
        this.audience = audience;
        this.lifetime = lifetime ?? DefaultLifetime;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(this.lifetime, TimeSpan.Zero, nameof(lifetime));
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>Signs with a secret that routers have too (<c>HS256</c>).</summary>
    /// <param name="keyId">Names the key, as routers do.</param>
    /// <param name="secret">32 bytes or more, at random.</param>
    /// <param name="subject">Who the instance is.</param>
    /// <param name="audience">The routers' audience.</param>
    /// <param name="lifetime">How long a token is good for; positive. The channel that it registers is renewed in that time. Default 10 min.</param>
    /// <param name="time">The clock. Default: the system's.</param>
    /// <exception cref="ArgumentException">The secret is too short, or a name is empty.</exception>
    public static RegistrationTokenSigner FromSecret(
        string keyId, ReadOnlySpan<byte> secret, string subject, string audience, TimeSpan? lifetime = null, TimeProvider? time = null)
    {
        if (secret.Length < MinSecretLength)
        {
            throw new ArgumentException($"The secret must have {MinSecretLength} bytes or more.", nameof(secret));
        }

        return new RegistrationTokenSigner(new SymmetricSecurityKey(secret.ToArray()), SecurityAlgorithms.HmacSha256, keyId, subject, audience, lifetime, time);
    }

    /// <summary>Signs with a private key on the curve P-256, whose public key routers have (<c>ES256</c>).</summary>
    /// <param name="keyId">Names the key, as routers do.</param>
    /// <param name="key">The key; it must live as long as the signer.</param>
    /// <param name="subject">Who the instance is.</param>
    /// <param name="audience">The routers' audience.</param>
    /// <param name="lifetime">How long a token is good for; positive. The channel that it registers is renewed in that time. Default 10 min.</param>
    /// <param name="time">The clock. Default: the system's.</param>
    /// <exception cref="ArgumentException">The key is on another curve, or a name is empty.</exception>
    public static RegistrationTokenSigner FromPrivateKey(
        string keyId, ECDsa key, string subject, string audience, TimeSpan? lifetime = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
        {
            throw new ArgumentException("The key must be on the curve P-256.", nameof(key));
        }

        return new RegistrationTokenSigner(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256, keyId, subject, audience, lifetime, time);
    }

    /// <summary>Makes a token, another one each time.</summary>
    public string Sign()
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            SigningCredentials = credentials,
            TokenType = Type,
            Audience = audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [JwtRegisteredClaimNames.Sub] = subject,
                [JwtRegisteredClaimNames.Jti] = RandomNumberGenerator.GetHexString(IdLength, lowercase: true),
            },
        });
    }

    /// <summary>Makes a token; for <see cref="BridgeOptions.RegistrationToken"/>.</summary>
    /// <param name="request">What it is for.</param>
    /// <param name="cancellationToken">Not needed.</param>
    public ValueTask<string?> GetTokenAsync(RegistrationTokenRequest request, CancellationToken cancellationToken) => new(Sign());
}
