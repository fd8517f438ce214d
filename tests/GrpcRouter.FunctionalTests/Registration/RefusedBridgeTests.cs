using System.Globalization;
using System.Text.RegularExpressions;

namespace GrpcRouter.FunctionalTests.Registration;

public sealed partial class RefusedBridgeTests
{
    [Theory]
    [InlineData("unauthenticated before the stream")]
    [InlineData("denied before the stream")]
    [InlineData("denied by the channel")]
    public async Task A_refused_bridge_asks_again_after_seconds_at_first_and_minutes_then(string how)
    {
        await using GuardedRouter router = await GuardedRouter.StartAsync(registration => registration.Rules.Add(
            GuardedRouter.Rule(how == "denied before the stream" ? "somebody else" : "**", static rule => rule.InstanceIds.Add("another"))));
        ManualTimeProvider time = new();
        int dials = 0;
        RegistrationTokenSigner signer = router.Signer(secret: how.StartsWith('u') ? new byte[32] : null);
        await using ProbeBridge bridge = router.Bridge(signer: null, options =>
        {
            options.TimeProvider = time;
            options.RegistrationToken = (request, cancellation) =>
            {
                Interlocked.Increment(ref dials);
                return signer.GetTokenAsync(request, cancellation);
            };
        });
        _ = bridge.StartAsync();
        double[] bounds = [10, 20, 40, 80, 160, 300, 300];
        for (int i = 0; i < bounds.Length; i++)
        {
            await Until.TrueAsync(() => router.Logs.Texts("Refused").Length == i + 1, router.Logs.ToString);
            Assert.Equal(i + 1, Volatile.Read(ref dials));

            TimeSpan wait = TimeSpan.Parse(Wait().Match(router.Logs.Texts("Refused")[i]).Groups[1].Value, CultureInfo.InvariantCulture);
            Assert.InRange(wait.TotalSeconds, bounds[i] / 2, bounds[i]);
            await time.WhenTimerAsync(timer => (timer - wait).Duration() < TimeSpan.FromMilliseconds(1)).Soon("The bridge does not wait.");
            time.Advance(wait - TimeSpan.FromMilliseconds(10));
            Assert.Equal(i + 1, router.Logs.Texts("Dialing").Length);
            time.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Empty(router.Router.Instances);
    }

    [Fact]
    public async Task A_bridge_that_is_allowed_later_comes_in_by_itself()
    {
        await using GuardedRouter router = await GuardedRouter.StartAsync(static registration => registration.Rules.Add(GuardedRouter.Rule("somebody else")));
        await using ProbeBridge bridge = router.Bridge(router.Signer(), static options => options.RefusedInitialBackoff = options.RefusedMaxBackoff = TimeSpan.FromMilliseconds(20));
        Task starting = bridge.StartAsync();
        await Until.TrueAsync(() => router.Logs.Texts("Refused").Length > 0, router.Logs.ToString);
        router.Change(static registration => registration.Rules.Add(GuardedRouter.Rule("greeter")));
        await starting.Soon("The bridge did not come in.");
    }

    [GeneratedRegex("Trying again in ([0-9:.]+):", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Wait();
}
