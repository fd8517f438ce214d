using System.Security.Cryptography;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests.Registration;

public sealed class RegistrationAttackTests
{
    [Fact]
    public async Task Whatever_a_stranger_claims_the_victim_keeps_every_answer()
    {
        await using GuardedRouter router = await GuardedRouter.StartAsync(static registration =>
        {
            registration.Rules.Add(GuardedRouter.Rule("greeter"));
            registration.Rules.Add(GuardedRouter.Rule("stranger", static rule =>
            {
                rule.OtherLabels = false;
                rule.Labels["zone"] = new RegistrationLabelOptions { Values = { "eu" } };
                rule.Tenants.Add("own");
            }));
        });
        await using ProbeBridge victim = router.Bridge(router.Signer());
        await victim.StartAsync().Soon("The bridge did not register.");
        using Grpc.Net.Client.GrpcChannel channel = RouterChannel.ForAddress(router.Plain);
        using CancellationTokenSource over = new();
        Task<int> traffic = Task.Run(() => TrafficAsync(new Probe.ProbeClient(channel), over.Token));

        (Action<Hello> Claim, StatusCode Status)[] claims =
        [
            (static hello => hello.InstanceId = "instance-0", StatusCode.PermissionDenied),
            (static hello => (hello.InstanceId, hello.Epoch) = ("instance-0", ulong.MaxValue), StatusCode.PermissionDenied),
            (static hello => (hello.InstanceId, hello.Renews) = ("instance-0", true), StatusCode.PermissionDenied),
            (static hello => (hello.InstanceId, hello.Stripe) = ("instance-0", 7), StatusCode.PermissionDenied),
            (static hello => hello.Labels["tenant"] = "greeter", StatusCode.PermissionDenied),
            (static hello => hello.Labels["zone"] = "us", StatusCode.PermissionDenied),
            (static hello => hello.Service = "*", StatusCode.FailedPrecondition),
            (static hello => hello.Service = "functional.*", StatusCode.FailedPrecondition),
            (static hello => hello.Service = "grpc.health.v1.Health", StatusCode.FailedPrecondition),
            (static hello => hello.Service = "functional.ProbeRouter", StatusCode.FailedPrecondition),
            (static hello => hello.InstanceId = new string('x', 100_000), StatusCode.FailedPrecondition),
            (static hello => hello.Service = new string('x', 1 << 20), StatusCode.Internal),
            (static hello => hello.InstanceId = new string('x', 1 << 20), StatusCode.Internal),
        ];
        foreach ((Action<Hello> claim, StatusCode status) in claims)
        {
            Scripted stranger = await router.ConnectAsync(router.Signer("stranger").Sign());
            Hello hello = new() { Versions = { 1 }, Service = "functional.Probe", InstanceId = "mine", Epoch = 1, InitialWindow = 65_536, MaxFrameSize = 65_536 };
            claim(hello);
            try
            {
                await stranger.SendControlAsync(new InstanceControl { Hello = hello });
            }
            catch (Exception error) when (error is OperationCanceledException or IOException)
            {
                // The router does not read on behind a length that is too much.
            }

            Assert.Equal(status, (await stranger.ReceiveEndAsync()).StatusCode);
            Assert.Equal("instance-0", Assert.Single(router.Router.Instances).InstanceId);
        }

        await over.CancelAsync();
        Assert.InRange(await traffic, 1, int.MaxValue);
        Assert.Equal(4, router.Hub.RegistrationCounts.TakeoversRefused);
    }

    [Fact]
    public async Task The_path_of_a_service_that_the_router_does_not_have_registers_nothing()
    {
        await using GuardedRouter router = await GuardedRouter.StartAsync();
        using RawClient raw = new(router.Plain);
        foreach (string path in new[] { "/grpc.health.v1.HealthRouter/Register", "/grpcrouter.v1.AdminRouter/Register", "/functional.OtherRouter/Register", "/functional.probeRouter/Register", "/*Router/Register" })
        {
            Assert.Equal("12", (await raw.CallAsync(path, [])).Status);
        }
    }

    [Fact]
    public async Task No_secret_and_no_token_is_ever_logged()
    {
        await using GuardedRouter router = await GuardedRouter.StartAsync(static registration => registration.Rules.Add(GuardedRouter.Rule("greeter")));
        List<string> secrets = [Convert.ToBase64String(router.Secret), Convert.ToHexString(router.Secret)];
        ProbeBridge Bridge(RegistrationTokenSigner signer, string spoil = "") => router.Bridge(signer: null, options => options.RegistrationToken = async (request, cancellation) =>
        {
            string token = await signer.GetTokenAsync(request, cancellation) + spoil;
            secrets.Add(token);
            secrets.AddRange(token.Split('.').Skip(1));
            return token;
        });
        await using ProbeBridge good = Bridge(router.Signer());
        await good.StartAsync().Soon("The bridge did not register.");
        ProbeBridge[] bad = [Bridge(router.Signer("nobody")), Bridge(router.Signer(secret: new byte[32])), Bridge(router.Signer(keyId: "x")), Bridge(router.Signer(), "x"), Bridge(router.Signer(), "\r\nx: y")];
        foreach (ProbeBridge bridge in bad)
        {
            _ = bridge.StartAsync();
        }

        await Until.TrueAsync(() => router.Logs.Texts("Refused").Length == bad.Length, router.Logs.ToString);
        string log = router.Logs.ToString();
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, log, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("has characters that no token has", log, StringComparison.Ordinal);
    }

    private static async Task<int> TrafficAsync(Probe.ProbeClient client, CancellationToken over)
    {
        int answers = 0;
        do
        {
            Assert.Equal("instance-0", (await client.UnaryAsync(new Chunk())).Text);
            answers++;
        }
        while (!over.IsCancellationRequested);
        return answers;
    }
}
