using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;

namespace GrpcRouter.Bridge.Tests;

public sealed class RegistrationTokenTests
{
    private static readonly RegistrationTokenRequest Request = new("probe.Probe", "one", new Uri("http://localhost"));

    [Fact]
    public void A_signed_token_has_all_claims_and_an_id_of_its_own()
    {
        ManualTimeProvider time = new();
        RegistrationTokenSigner signer = RegistrationTokenSigner.FromSecret("key-1", RandomNumberGenerator.GetBytes(32), "greeter", "edge", TimeSpan.FromMinutes(3), time);
        JsonWebToken token = new(signer.Sign());
        Assert.Equal(("HS256", "key-1", "grpcrouter-registration-v1+jwt", "greeter", "edge"), (token.Alg, token.Kid, token.Typ, token.Subject, token.Audiences.Single()));
        DateTime now = time.GetUtcNow().UtcDateTime;
        Assert.Equal((now, now, now.AddMinutes(3)), (token.IssuedAt, token.ValidFrom, token.ValidTo));
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => new JsonWebToken(signer.Sign()).Id).Distinct().Count());
    }

    [Fact]
    public void A_private_key_signs_with_its_curve()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal("ES256", new JsonWebToken(RegistrationTokenSigner.FromPrivateKey("k", key, "greeter", "edge").Sign()).Alg);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Throws<ArgumentException>(() => RegistrationTokenSigner.FromPrivateKey("k", other, "greeter", "edge"));
    }

    [Fact]
    public void What_would_be_weak_or_nameless_is_not_made()
    {
        byte[] secret = RandomNumberGenerator.GetBytes(32);
        Assert.Throws<ArgumentException>(() => RegistrationTokenSigner.FromSecret("k", secret.AsSpan(0, 31), "greeter", "edge"));
        Assert.Throws<ArgumentException>(() => RegistrationTokenSigner.FromSecret("", secret, "greeter", "edge"));
        Assert.Throws<ArgumentException>(() => RegistrationTokenSigner.FromSecret("k", secret, "", "edge"));
        Assert.Throws<ArgumentException>(() => RegistrationTokenSigner.FromSecret("k", secret, "greeter", ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => RegistrationTokenSigner.FromSecret("k", secret, "greeter", "edge", TimeSpan.Zero));
    }

    [Fact]
    public async Task A_file_gives_what_it_holds_at_the_time()
    {
        string path = Path.GetTempFileName();
        try
        {
            RegistrationTokenFile file = new(path);
            await File.WriteAllTextAsync(path, " first\n");
            Assert.Equal("first", await file.GetTokenAsync(Request, default));
            await File.WriteAllTextAsync(path, "second");
            Assert.Equal("second", await file.GetTokenAsync(Request, default));
            await File.WriteAllTextAsync(path, new string('x', 65 * 1024));
            await Assert.ThrowsAnyAsync<IOException>(async () => await file.GetTokenAsync(Request, default));
        }
        finally
        {
            File.Delete(path);
        }

        await Assert.ThrowsAnyAsync<IOException>(async () => await new RegistrationTokenFile(path).GetTokenAsync(Request, default));
    }

    [Fact]
    public async Task Each_dial_asks_for_a_token_and_says_what_it_is_for()
    {
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        List<RegistrationTokenRequest> requests = [];
        await using ProbeBridge bridge = new(new ProbeService(), router.Address, new BridgeOptions
        {
            InstanceId = "one",
            ReconnectInitialBackoff = TimeSpan.FromMilliseconds(1),
            RegistrationToken = (request, _) =>
            {
                requests.Add(request);
                return new($"token-{requests.Count}");
            },
        });
        Task started = bridge.StartAsync();
        ScriptedChannel first = await router.AcceptAsync();
        Assert.Equal("Bearer token-1", first.Request.Headers.Authorization);
        Assert.Equal(new RegistrationTokenRequest("probe.Probe", "one", new Uri(router.Address)), requests[0]);
        await first.RegisterAsync();
        await started.WaitAsync(Patience.Limit);
        first.Abort();
        Assert.Equal("Bearer token-2", (await router.AcceptAsync()).Request.Headers.Authorization);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("token\r\nx-forged: 1")]
    public void What_cannot_stand_in_a_header_is_said_without_saying_it(string token)
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => RegistrationBearer.Of(token));
        Assert.Equal($"The registration token of {token.Length} characters is empty or has characters that no token has.", error.Message);
    }
}
