namespace GrpcRouter.FunctionalTests.Registration;

public sealed class CredentialRenewalTests
{
    [Fact]
    public async Task Tokens_run_out_one_after_the_other_and_no_call_fails()
    {
        ManualTimeProvider time = new();
        await using GuardedRouter router = await GuardedRouter.StartAsync(time: time);
        await using ProbeBridge bridge = router.Bridge(router.Signer(time: time));
        await bridge.StartAsync().Soon("The bridge did not register.");
        using Grpc.Net.Client.GrpcChannel channel = RouterChannel.ForAddress(router.Plain);
        Probe.ProbeClient client = new(channel);
        using CancellationTokenSource over = new();
        Task traffic = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                await client.UnaryAsync(new Chunk());
            }
        });
        for (int i = 0; i < 5; i++)
        {
            InstanceChannel before = router.Router.Instances.Single(static instance => instance.State == InstanceState.Ready);
            time.Advance(TimeSpan.FromMinutes(9.8));
            await Until.TrueAsync(
                () => router.Router.Instances is [var now] && now != before && now.State == InstanceState.Ready, () => $"The channel was not renewed. {router.Logs}");
            Assert.True(router.Router.Instances[0].Identity!.Expires > before.Identity!.Expires);
        }

        await over.CancelAsync();
        await traffic.Soon("The traffic did not end.");
        Assert.Equal((0, 0, 6), (router.Hub.RegistrationCounts.Expired, router.Hub.RegistrationCounts.Unauthenticated, router.Hub.RegistrationCounts.Registered));
    }

    [Fact]
    public async Task A_file_is_read_at_each_dial_so_that_the_token_there_is_newest()
    {
        ManualTimeProvider time = new();
        await using GuardedRouter router = await GuardedRouter.StartAsync(time: time);
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, router.Signer("first", time: time).Sign() + "\n");
            await using ProbeBridge bridge = router.Bridge(signer: null, options => options.RegistrationToken = new RegistrationTokenFile(file).GetTokenAsync);
            await bridge.StartAsync().Soon("The bridge did not register.");
            Assert.Equal("first", Assert.Single(router.Router.Instances).Identity!.Name);
            await bridge.StopAsync();
            await File.WriteAllTextAsync(file, router.Signer("second", time: time).Sign());
            await using ProbeBridge next = router.Bridge(signer: null, options => options.RegistrationToken = new RegistrationTokenFile(file).GetTokenAsync);
            await next.StartAsync().Soon("The bridge did not register with the new token.");
            await Until.TrueAsync(() => router.Router.Instances is [{ Identity.Name: "second" }], "The second token did not register.");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
