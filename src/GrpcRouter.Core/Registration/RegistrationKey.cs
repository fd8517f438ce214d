using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace GrpcRouter;

/// <summary>A key of tokens, ready to verify with. It is for one algorithm, whatever a token says.</summary>
internal sealed class RegistrationKey
{
    public const int MinSecretLength = 32;

    private readonly NamePattern[] subjects;

    private RegistrationKey(RegistrationKeyOptions options, SecurityKey key)
    {
        Id = options.Id;
        Algorithm = options.Algorithm;
        subjects = NamePattern.All(options.Subjects);
        key.KeyId = options.Id;
        Key = key;
    }

    public string Id { get; }

    public string Algorithm { get; }

    public SecurityKey Key { get; }

    public bool SpeaksFor(string subject) => subjects.Length == 0 || Array.Exists(subjects, pattern => pattern.Matches(subject));

    /// <summary>Makes the key, or says what is wrong with which option; never with its value.</summary>
    public static RegistrationKey? TryMake(RegistrationKeyOptions options, out string option, out string problem)
    {
        SecurityKey? key = options.Algorithm switch
        {
            RegistrationAlgorithms.HS256 => Secret(options, out option, out problem),
            RegistrationAlgorithms.ES256 => PublicKey(options, out option, out problem),
            _ => Fail(nameof(options.Algorithm), $"must be {RegistrationAlgorithms.HS256} or {RegistrationAlgorithms.ES256}", out option, out problem),
        };
        return key is null ? null : new RegistrationKey(options, key);
    }

    private static SymmetricSecurityKey? Secret(RegistrationKeyOptions options, out string option, out string problem)
    {
        string? text = Read(options.Secret, options.SecretFile, nameof(options.Secret), nameof(options.SecretFile), out option, out problem);
        if (text is null)
        {
            return null;
        }

        byte[] secret = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, secret, out int length) || length < MinSecretLength)
        {
            Fail(option, $"must hold {MinSecretLength} bytes or more in base64", out option, out problem);
            return null;
        }

        return new SymmetricSecurityKey(secret[..length]);
    }

    private static ECDsaSecurityKey? PublicKey(RegistrationKeyOptions options, out string option, out string problem)
    {
        string? text = Read(options.PublicKey, options.PublicKeyFile, nameof(options.PublicKey), nameof(options.PublicKeyFile), out option, out problem);
        if (text is null)
        {
            return null;
        }

        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(text);
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
            {
                return new ECDsaSecurityKey(key);
            }
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
        }

        key.Dispose();
        Fail(option, "must hold a public key on the curve P-256 in PEM", out option, out problem);
        return null;
    }

    private static string? Read(string? value, string? file, string valueName, string fileName, out string option, out string problem)
    {
        option = valueName;
        problem = "";
        if (string.IsNullOrEmpty(value) == string.IsNullOrEmpty(file))
        {
            problem = $"or {fileName} must be set, and not both";
            return null;
        }

        if (!string.IsNullOrEmpty(value))
        {
            return value.Trim();
        }

        option = fileName;
        try
        {
            return File.ReadAllText(file!).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = $"names a file that cannot be read ({error.GetType().Name})";
            return null;
        }
    }

    private static SecurityKey? Fail(string name, string rule, out string option, out string problem)
    {
        (option, problem) = (name, rule);
        return null;
    }
}
