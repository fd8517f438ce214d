using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GrpcRouter.Core.Tests;

/// <summary>Makes registration tokens, good ones unless the test spoils them.</summary>
internal sealed class TokenMaker(TimeProvider time)
{
    public const string Audience = "edge";
    public const string KeyId = "key-1";

    private int count;

    /// <summary>The secret that the router of <see cref="Options"/> has.</summary>
    public byte[] Secret { get; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Options with this maker's key.</summary>
    public RouterOptions Options(Action<RegistrationOptions>? change = null)
    {
        RouterOptions options = new() { RouterId = Audience, KeepAliveInterval = TimeSpan.FromDays(1) };
        options.Registration.Tokens.Keys.Add(Key(KeyId, Secret));
        change?.Invoke(options.Registration);
        return options;
    }

    public static RegistrationKeyOptions Key(string id, byte[] secret) => new() { Id = id, Secret = Convert.ToBase64String(secret) };

    /// <summary>Makes a token, after the test has changed its description.</summary>
    public string Make(string subject = "greeter", Action<SecurityTokenDescriptor>? change = null, SecurityKey? key = null, string? algorithm = null, string? keyId = KeyId)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        key ??= new SymmetricSecurityKey(Secret);
        key.KeyId = keyId;
        SecurityTokenDescriptor description = new()
        {
            SigningCredentials = new SigningCredentials(key, algorithm ?? SecurityAlgorithms.HmacSha256),
            TokenType = RegistrationTokenOptions.Version1,
            Audience = Audience,
            NotBefore = now,
            Expires = now.AddMinutes(10),
            Claims = new Dictionary<string, object> { ["sub"] = subject, ["jti"] = $"token-{Interlocked.Increment(ref count)}" },
        };
        change?.Invoke(description);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(description);
    }
}
