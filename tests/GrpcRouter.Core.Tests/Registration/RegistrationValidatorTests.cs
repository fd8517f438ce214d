using System.Security.Cryptography;

namespace GrpcRouter.Core.Tests.Registration;

public sealed class RegistrationValidatorTests
{
    private const string Path = "GrpcRouter:Registration:";

    [Fact]
    public void All_that_cannot_work_is_said_by_its_path_and_no_secret_with_it()
    {
        RouterOptions options = new();
        RegistrationOptions registration = options.Registration;
        registration.AttemptsPerMinute = 0;
        registration.RenewBefore = TimeSpan.FromSeconds(-1);
        registration.Tokens.ClockSkew = TimeSpan.FromHours(1);
        registration.Tokens.MaxLifetime = TimeSpan.Zero;
        registration.Tokens.ReplayCacheSize = 0;
        registration.Tokens.Audience = "";
        string secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(31));
        registration.Tokens.Keys.Add(new RegistrationKeyOptions { Id = "a b", Secret = secret });
        registration.Tokens.Keys.Add(new RegistrationKeyOptions { Id = "k", Algorithm = "none", Secret = secret });
        registration.Tokens.Keys.Add(new RegistrationKeyOptions { Id = "k", Algorithm = "ES256", PublicKey = secret });
        registration.Tokens.Keys.Add(new RegistrationKeyOptions { Id = "both", Secret = secret, SecretFile = "/x" });
        registration.Tokens.Keys.Add(new RegistrationKeyOptions { Id = "gone", SecretFile = "/nowhere/at/all" });
        registration.Tokens.Keys.Add(new RegistrationKeyOptions { Id = "none" });
        registration.Rules.Add(Gatehouse.Rule("", static rule =>
        {
            rule.Services.Add("");
            rule.Services.Add("grpc.health.v1.Health");
            rule.Tenants.Add("");
            rule.Labels["env"] = new RegistrationLabelOptions { Values = { "" } };
            rule.MaxInstances = 0;
        }));
        IReadOnlyList<string> errors = options.FindErrors();
        Assert.Equal(
        [
            Path + "AttemptsPerMinute must be 1 to 1,000,000; it is 0.",
            Path + "RenewBefore must be 00:00:00 to 30.00:00:00; it is -00:00:01.",
            Path + "Tokens:Audience must not be empty; it is nothing.",
            Path + "Tokens:ClockSkew must be 00:00:00 to 00:05:00; it is 01:00:00.",
            Path + "Tokens:MaxLifetime must be 00:00:00.0000001 to 30.00:00:00; it is 00:00:00.",
            Path + "Tokens:ReplayCacheSize must be 1 to 10,000,000; it is 0.",
            Path + "Tokens:Keys:0:Id must be 1 to 128 printable ASCII characters.",
            Path + "Tokens:Keys:0:Secret must hold 32 bytes or more in base64.",
            Path + "Tokens:Keys:1:Algorithm must be HS256 or ES256.",
            Path + "Tokens:Keys:2:Id must be another one than those of the other keys.",
            Path + "Tokens:Keys:2:PublicKey must hold a public key on the curve P-256 in PEM.",
            Path + "Tokens:Keys:3:Secret or SecretFile must be set, and not both.",
            Path + "Tokens:Keys:4:SecretFile names a file that cannot be read (DirectoryNotFoundException).",
            Path + "Tokens:Keys:5:Secret or SecretFile must be set, and not both.",
            Path + "Rules:0:Identity must be a pattern of 1 to 512 characters; it is nothing.",
            Path + "Rules:0:Services must be patterns of 1 to 512 characters; it is nothing.",
            Path + "Rules:0:Services must not hold grpc.health.v1.Health: the router answers it itself.",
            Path + "Rules:0:Labels:env:Values must be patterns of 1 to 512 characters; it is nothing.",
            Path + "Rules:0:Tenants must be names of tenants; it is nothing.",
            Path + "Rules:0:MaxInstances must be 1 to 1,000,000; it is 0.",
        ],
        errors);
        Assert.All(errors, error => Assert.DoesNotContain(secret, error, StringComparison.Ordinal));
    }

    [Fact]
    public void A_private_key_and_a_key_on_another_curve_are_no_public_keys_to_trust()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        RouterOptions options = new();
        options.Registration.Tokens.Keys.Add(new RegistrationKeyOptions { Id = "k", Algorithm = "ES256", PublicKey = other.ExportSubjectPublicKeyInfoPem() });
        Assert.Contains("P-256", Assert.Single(options.FindErrors()), StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_read_from_files_too()
    {
        string file = System.IO.Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");
            RouterOptions options = new();
            options.Registration.Tokens.Keys.Add(new RegistrationKeyOptions { Id = "k", SecretFile = file });
            Assert.Empty(options.FindErrors());
        }
        finally
        {
            File.Delete(file);
        }
    }
}
