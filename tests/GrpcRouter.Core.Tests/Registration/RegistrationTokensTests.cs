using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Microsoft.IdentityModel.Tokens;

namespace GrpcRouter.Core.Tests.Registration;

public sealed class RegistrationTokensTests
{
    private readonly ManualTimeProvider time = new();
    private readonly TokenMaker maker;

    public RegistrationTokensTests() => maker = new TokenMaker(time);

    [Fact]
    public async Task A_good_token_names_its_subject_its_key_and_its_end()
    {
        RegistrationTokenResult result = await Verifier().VerifyAsync(maker.Make("greeter"));
        Assert.Null(result.Refusal);
        Assert.Equal((PeerIdentitySchemes.Token, "greeter", TokenMaker.KeyId), (result.Identity!.Scheme, result.Identity.Name, result.Identity.Labels["kid"]));
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromMinutes(10) + new RegistrationTokenOptions().ClockSkew, result.Identity.Expires);
    }

    [Fact]
    public async Task A_token_signed_by_a_private_key_is_taken_for_its_public_one()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        RegistrationTokens verifier = Verifier(options => options.Keys[0] = new() { Id = TokenMaker.KeyId, Algorithm = "ES256", PublicKey = key.ExportSubjectPublicKeyInfoPem() });
        Assert.Null((await verifier.VerifyAsync(maker.Make(key: new ECDsaSecurityKey(key), algorithm: SecurityAlgorithms.EcdsaSha256))).Refusal);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(
            "The registration token has a wrong signature.",
            (await verifier.VerifyAsync(maker.Make(key: new ECDsaSecurityKey(other), algorithm: SecurityAlgorithms.EcdsaSha256))).Refusal?.Message);
    }

    [Fact]
    public async Task A_public_key_is_no_secret_to_sign_with()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string pem = key.ExportSubjectPublicKeyInfoPem();
        RegistrationTokens verifier = Verifier(options => options.Keys[0] = new() { Id = TokenMaker.KeyId, Algorithm = "ES256", PublicKey = pem });
        Assert.Equal(
            "The registration token is not signed in the way that its key is for.",
            (await verifier.VerifyAsync(maker.Make(key: new SymmetricSecurityKey(Encoding.UTF8.GetBytes(pem))))).Refusal?.Message);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    public async Task A_token_of_another_algorithm_is_refused(string algorithm)
    {
        string[] parts = maker.Make().Split('.');
        string header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","kid":"{{TokenMaker.KeyId}}","typ":"{{RegistrationTokenOptions.Version1}}"}"""));
        foreach (string signature in new[] { "", parts[2] })
        {
            Assert.Equal(StatusCode.Unauthenticated, (await Verifier().VerifyAsync($"{header}.{parts[1]}.{signature}")).Refusal?.Code);
        }
    }

    [Fact]
    public async Task A_token_with_a_critical_extension_is_refused() =>
        Assert.Equal(
            "The registration token cannot be read.",
            (await Verifier().VerifyAsync(maker.Make(change: static token => token.AdditionalHeaderClaims = new Dictionary<string, object> { ["crit"] = new[] { "b64" } }))).Refusal?.Message);

    public static TheoryData<string, string> Spoiled => new()
    {
        { "another audience", "is for another audience" },
        { "no audience", "is for another audience" },
        { "another type", "is of another type" },
        { "an unknown key", "is signed with a key that the router does not have" },
        { "no key", "is signed with a key that the router does not have" },
        { "another secret", "has a wrong signature" },
        { "expired", "has expired" },
        { "not yet", "is not good yet" },
        { "too long", "is good for longer than 01:00:00" },
        { "no end", "says no time until which it is good" },
        { "no subject", "has no subject of 1 to 512 printable ASCII characters" },
        { "a subject of two lines", "has no subject of 1 to 512 printable ASCII characters" },
        { "a long subject", "has no subject of 1 to 512 printable ASCII characters" },
        { "no id", "has no id (jti) of 1 to 256 characters" },
        { "no token", "cannot be read" },
        { "10 KiB", "cannot be read" },
    };

    [Theory]
    [MemberData(nameof(Spoiled))]
    public async Task A_token_that_is_not_what_it_must_be_is_refused_with_a_reason_that_holds_nothing_of_it(string fault, string reason)
    {
        string token = Spoil(fault);
        RegistrationTokenResult result = await Verifier().VerifyAsync(token);
        Assert.Null(result.Identity);
        Assert.Equal(RegistrationRefusal.Unauthenticated($"The registration token {reason}."), result.Refusal);
    }

    [Fact]
    public async Task A_changed_claim_breaks_the_signature()
    {
        string[] parts = maker.Make("greeter").Split('.');
        string claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("greeter", "admin00", StringComparison.Ordinal);
        Assert.Equal(
            "The registration token has a wrong signature.",
            (await Verifier().VerifyAsync($"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.{parts[2]}")).Refusal?.Message);
    }

    [Fact]
    public async Task Clocks_may_differ_by_the_skew_and_no_more()
    {
        string late = maker.Make(change: token => token.Expires = Now(-29));
        string early = maker.Make(change: token => token.NotBefore = Now(29));
        RegistrationTokens verifier = Verifier();
        Assert.Null((await verifier.VerifyAsync(late)).Refusal);
        Assert.Null((await verifier.VerifyAsync(early)).Refusal);
        RegistrationTokens exact = Verifier(static options => options.ClockSkew = TimeSpan.Zero);
        Assert.NotNull((await exact.VerifyAsync(late)).Refusal);
        Assert.NotNull((await exact.VerifyAsync(early)).Refusal);
    }

    [Fact]
    public async Task Two_keys_are_good_at_once_and_one_that_is_gone_is_not()
    {
        byte[] newer = RandomNumberGenerator.GetBytes(32);
        string signedByOld = maker.Make();
        string signedByNew = maker.Make(key: new SymmetricSecurityKey(newer), keyId: "key-2");
        RegistrationTokens both = Verifier(options => options.Keys.Add(TokenMaker.Key("key-2", newer)));
        Assert.Null((await both.VerifyAsync(signedByOld)).Refusal);
        RegistrationTokenResult result = await both.VerifyAsync(signedByNew);
        Assert.Null(result.Refusal);
        RegistrationTokens one = Verifier();
        Assert.NotNull((await one.VerifyAsync(signedByNew)).Refusal);
        Assert.Equal(StatusCode.Unauthenticated, one.Find(result.Identity!)?.Code);
        Assert.Null(both.Find(result.Identity!));
    }

    [Fact]
    public async Task A_key_speaks_for_its_subjects_alone()
    {
        RegistrationTokens verifier = Verifier(static options => options.Keys[0].Subjects.Add("team-a/*"));
        Assert.Null((await verifier.VerifyAsync(maker.Make("team-a/greeter"))).Refusal);
        Assert.Equal("The registration token is signed with a key that may not sign for its subject.", (await verifier.VerifyAsync(maker.Make("team-b/greeter"))).Refusal?.Message);
    }

    [Fact]
    public async Task A_token_of_a_platform_needs_neither_our_type_nor_an_id_where_that_is_allowed()
    {
        RegistrationTokens verifier = Verifier(static options => (options.Type, options.OneUse) = (null, false));
        Assert.Null((await verifier.VerifyAsync(Spoil("no id"))).Refusal);
        Assert.Null((await verifier.VerifyAsync(Spoil("another type"))).Refusal);
    }

    [Fact]
    public async Task A_key_whose_file_has_gone_is_said_and_the_others_go_on()
    {
        List<string> problems = [];
        RegistrationTokenOptions options = maker.Options().Registration.Tokens;
        options.Keys.Add(new RegistrationKeyOptions { Id = "gone", SecretFile = "/nowhere/at/all" });
        RegistrationTokens verifier = new(options, TokenMaker.Audience, time, problems.Add);
        Assert.Contains("gone", Assert.Single(problems), StringComparison.Ordinal);
        Assert.Null((await verifier.VerifyAsync(maker.Make())).Refusal);
    }

    private DateTime Now(int seconds) => time.GetUtcNow().UtcDateTime.AddSeconds(seconds);

    private string Spoil(string fault) => fault switch
    {
        "another audience" => maker.Make(change: static token => token.Audience = "other"),
        "no audience" => maker.Make(change: static token => token.Audience = null),
        "another type" => maker.Make(change: static token => token.TokenType = "at+jwt"),
        "an unknown key" => maker.Make(keyId: "key-9"),
        "no key" => maker.Make(keyId: null),
        "another secret" => maker.Make(key: new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32))),
        "expired" => maker.Make(change: token => (token.NotBefore, token.Expires) = (Now(-600), Now(-31))),
        "not yet" => maker.Make(change: token => token.NotBefore = Now(31)),
        "too long" => maker.Make(change: token => token.Expires = Now(3 * 3600)),
        "no end" => maker.Make(change: static token => token.Expires = null),
        "no subject" => maker.Make(""),
        "a subject of two lines" => maker.Make("a\nb"),
        "a long subject" => maker.Make(new string('a', 513)),
        "no id" => maker.Make(change: static token => token.Claims.Remove("jti")),
        "no token" => "not.a.token",
        "10 KiB" => maker.Make(change: static token => token.Claims["more"] = new string('a', 10 * 1024)),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };

    private RegistrationTokens Verifier(Action<RegistrationTokenOptions>? change = null)
    {
        RegistrationTokenOptions options = maker.Options().Registration.Tokens;
        change?.Invoke(options);
        return new RegistrationTokens(options, TokenMaker.Audience, time, Assert.Fail);
    }
}
