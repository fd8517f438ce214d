using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter.FunctionalTests.Registration;

public sealed class CredentialMatrixTests
{
    private const string Id = "spiffe://example.org/greeter";

    [Theory]
    [InlineData("none", "Unauthenticated: The router asks instances for a credential")]
    [InlineData("unknown", "Unauthenticated: The registration token is signed with a key that the router does not have.")]
    [InlineData("wrong key", "Unauthenticated: The registration token has a wrong signature.")]
    [InlineData("expired", "Unauthenticated: The registration token has expired.")]
    [InlineData("revoked", "Unauthenticated: The registration token is signed with a key that the router does not have.")]
    [InlineData("replayed", "Unauthenticated: The registration token was used before")]
    public async Task A_token_that_is_no_credential_registers_nothing_and_says_why(string state, string reason)
    {
        await using GuardedRouter router = await GuardedRouter.StartAsync();
        await using ProbeBridge bridge = await TokenAsync(router, state);
        await RefusedAsync(router, bridge, reason);
    }

    [Theory]
    [InlineData("none", "Unauthenticated: The router asks instances for a credential")]
    [InlineData("revoked", "PermissionDenied: certificate:spiffe://example.org/greeter may not register functional.Probe.")]
    [InlineData("another's", "PermissionDenied: certificate:spiffe://example.org/other may not register functional.Probe.")]
    public async Task A_certificate_that_may_not_register_registers_nothing_and_says_why(string state, string reason)
    {
        await using GuardedRouter router = await GuardedRouter.StartAsync(static registration => registration.Rules.Add(GuardedRouter.Rule(Id)));
        if (state == "revoked")
        {
            await using ProbeBridge before = router.Bridge(router.Authority.Workload(Id));
            await before.StartAsync().Soon("The bridge did not register.");
            router.Change(static registration => registration.Rules.Add(GuardedRouter.Rule("somebody else")));
            await Until.TrueAsync(() => router.Router.Instances.Count == 0, "The revoked instance is still there.");
        }

        await using ProbeBridge bridge = router.Bridge(state switch
        {
            "none" => null,
            "revoked" => router.Authority.Workload(Id),
            _ => router.Authority.Workload("spiffe://example.org/other"),
        });
        await RefusedAsync(router, bridge, reason);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("wrong key")]
    [InlineData("expired")]
    public async Task A_certificate_that_TLS_does_not_take_reaches_nothing(string state)
    {
        using TestCertificates impostor = new();
        await using GuardedRouter router = await GuardedRouter.StartAsync();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        X509Certificate2 certificate = state switch
        {
            "unknown" => new TestCertificates("another authority").Workload(Id),
            "wrong key" => impostor.Workload(Id),
            _ => router.Authority.Workload(Id, now.AddDays(-2), now.AddDays(-1)),
        };
        await using ProbeBridge bridge = router.Bridge(certificate);
        Task starting = bridge.StartAsync();
        await Until.TrueAsync(() => router.Logs.Texts("Lost").Length + router.Logs.Texts("Refused").Length > 0, router.Logs.ToString);
        Assert.Empty(router.Router.Instances);
        Assert.Equal(0, router.Router.OpenChannels);
        Assert.False(starting.IsCompleted);
    }

    [Fact]
    public async Task A_good_token_and_a_good_certificate_register_and_serve()
    {
        await using GuardedRouter router = await GuardedRouter.StartAsync(static registration =>
        {
            registration.Rules.Add(GuardedRouter.Rule("spiffe://example.org/*", static rule => rule.Scheme = PeerIdentitySchemes.Certificate));
            registration.Rules.Add(GuardedRouter.Rule("greeter", static rule => rule.Services.Add("functional.*")));
        });
        await using ProbeBridge byToken = router.Bridge(router.Signer());
        await byToken.StartAsync().Soon("The bridge with a token did not register.");
        await using ProbeBridge byCertificate = router.Bridge(router.Authority.Workload(Id));
        await byCertificate.StartAsync().Soon("The bridge with a certificate did not register.");
        Assert.Equal(["certificate:" + Id, "token:greeter"], router.Router.Instances.Select(static instance => instance.Identity!.ToString()).Order());
        using Grpc.Net.Client.GrpcChannel channel = RouterChannel.ForAddress(router.Plain);
        HashSet<string> servers = [];
        for (int i = 0; i < 4; i++)
        {
            servers.Add((await new Probe.ProbeClient(channel).UnaryAsync(new Chunk())).Text);
        }

        Assert.Equal(2, servers.Count);
    }

    [Fact]
    public async Task A_token_signed_by_a_private_key_registers()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string publicKey = key.ExportSubjectPublicKeyInfoPem();
        await using GuardedRouter router = await GuardedRouter.StartAsync(registration => registration.Tokens.Keys.Add(new RegistrationKeyOptions { Id = "ec", Algorithm = RegistrationAlgorithms.ES256, PublicKey = publicKey }));
        await using ProbeBridge bridge = router.Bridge(RegistrationTokenSigner.FromPrivateKey("ec", key, "greeter", GuardedRouter.Audience));
        await bridge.StartAsync().Soon("The bridge did not register.");
        Assert.Equal("ec", Assert.Single(router.Router.Instances).Identity!.Labels["kid"]);
    }

    [Fact]
    public async Task A_key_that_another_took_the_place_of_is_cut_and_the_new_one_serves()
    {
        byte[] newer = RandomNumberGenerator.GetBytes(32);
        RegistrationKeyOptions newKey = new() { Id = "key-2", Secret = Convert.ToBase64String(newer) };
        await using GuardedRouter router = await GuardedRouter.StartAsync(registration => registration.Tokens.Keys.Add(newKey));
        await using ProbeBridge old = router.Bridge(router.Signer("a"));
        await using ProbeBridge young = router.Bridge(router.Signer("b", newer, "key-2"));
        await old.StartAsync().Soon("The bridge with the old key did not register.");
        await young.StartAsync().Soon("The bridge with the new key did not register.");
        router.Change(registration => registration.Tokens.Keys[0] = newKey);
        await Until.TrueAsync(() => router.Router.Instances is [{ InstanceId: "instance-1", State: InstanceState.Ready }], "The instance with the old key is still there.");
        await Until.TrueAsync(() => router.Logs.Texts("Refused").Length == 1, router.Logs.ToString);
        Assert.Equal(1, router.Hub.RegistrationCounts.Revoked);
        using Grpc.Net.Client.GrpcChannel channel = RouterChannel.ForAddress(router.Plain);
        Assert.Equal("instance-1", (await new Probe.ProbeClient(channel).UnaryAsync(new Chunk())).Text);
    }

    private static async Task<ProbeBridge> TokenAsync(GuardedRouter router, string state)
    {
        switch (state)
        {
            case "none":
                return router.Bridge(signer: null);
            case "unknown":
                return router.Bridge(router.Signer(keyId: "another"));
            case "wrong key":
                return router.Bridge(router.Signer(secret: RandomNumberGenerator.GetBytes(32)));
            case "expired":
                string old = RegistrationTokenSigner.FromSecret(GuardedRouter.KeyId, router.Secret, "greeter", GuardedRouter.Audience, time: new LateClock()).Sign();
                return router.Bridge(signer: null, options => options.RegistrationToken = (_, _) => new(old));
            case "revoked":
                router.Change(static registration => registration.Tokens.Keys[0].Id = "key-9");
                return router.Bridge(router.Signer());
            default:
                string token = router.Signer().Sign();
                await using (ProbeBridge owner = router.Bridge(signer: null, options => options.RegistrationToken = (_, _) => new(token)))
                {
                    await owner.StartAsync().Soon("The owner of the token did not register.");
                }

                await Until.TrueAsync(() => router.Router.OpenChannels == 0, "The owner of the token is still there.");
                return router.Bridge(signer: null, options => options.RegistrationToken = (_, _) => new(token));
        }
    }

    private static async Task RefusedAsync(GuardedRouter router, ProbeBridge bridge, string reason)
    {
        Task starting = bridge.StartAsync();
        await Until.TrueAsync(() => router.Logs.Texts("Refused").Length > 0, router.Logs.ToString);
        Assert.Contains(reason, router.Logs.Texts("Refused")[0], StringComparison.Ordinal);
        Assert.NotEmpty(router.Logs.Texts("RegistrationRefused"));
        Assert.Empty(router.Router.Instances);
        Assert.Equal(0, router.Router.OpenChannels);
        Assert.False(starting.IsCompleted);
    }

    private sealed class LateClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => TimeProvider.System.GetUtcNow().AddHours(-1);
    }
}
