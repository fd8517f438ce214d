using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using GrpcRouter.FunctionalTests.Isolation;

namespace GrpcRouter.FunctionalTests.Registration;

[Collection(HeapCollection.Name)]
public sealed class RefusalMemoryTests
{
    [Fact]
    public async Task A_thousand_refused_attempts_leave_neither_instances_nor_memory()
    {
        await using GuardedRouter router = await GuardedRouter.StartAsync(logs: false);
        await using ProbeBridge victim = router.Bridge(router.Signer());
        await victim.StartAsync().Soon("The bridge did not register.");
        InstanceChannel channel = Assert.Single(router.Router.Instances);
        RegistrationTokenSigner stranger = router.Signer(secret: RandomNumberGenerator.GetBytes(32));
        using HttpMessageInvoker http = new(new SocketsHttpHandler());
        await AttackAsync(200);
        long before = Heap.Collected();
        await AttackAsync(1000);
        long after = Heap.Collected();

        Assert.InRange(after - before, long.MinValue, 512 * 1024);
        Assert.Same(channel, Assert.Single(router.Router.Instances));
        Assert.Equal(1, router.Router.OpenChannels);
        Assert.Equal((1200, 0, 1), (router.Hub.RegistrationCounts.Unauthenticated, router.Hub.RegistrationCounts.Replayed, router.Hub.RegistrationCounts.Registered));
        Assert.Equal(1, router.Hub.Registration.Replays.Count);

        async Task AttackAsync(int times)
        {
            for (int i = 0; i < times; i++)
            {
                using HttpRequestMessage request = new(HttpMethod.Post, router.Plain + ProbeRouter.Service.RegisterPath)
                {
                    Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent([]),
                };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
                request.Headers.TE.ParseAdd("trailers");
                request.Headers.Authorization = new("Bearer", stranger.Sign());
                using HttpResponseMessage response = await http.SendAsync(request, CancellationToken.None);
                Assert.True(response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? status), $"{response}");
                Assert.Equal("16", status.Single());
            }
        }
    }
}
