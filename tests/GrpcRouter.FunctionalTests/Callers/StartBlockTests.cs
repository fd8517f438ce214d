using System.Text;
using GrpcRouter.FunctionalTests.Isolation;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter.FunctionalTests;

/// <summary>Where nothing else runs that could listen to metrics meanwhile.</summary>
[Collection(HeapCollection.Name)]
public sealed class StartBlockTests
{
    [Fact]
    public void The_start_of_a_known_callers_next_call_is_not_written_again()
    {
        DefaultHttpContext context = new();
        context.Request.Headers.UserAgent = "test";
        ApiKey key = ApiKey.Create();
        context.Request.Headers.Authorization = $"Bearer {key.Token}";
        using RouterHub hub = new(KeyRing.Add(new RouterOptions(), configure: null, key));
        HttpCaller caller = new();
        StartBlock block = new();
        for (int i = 0; i < 3; i++)
        {
            Prepare();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Prepare();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Contains("api-key:billing", Encoding.ASCII.GetString(block.Bytes), StringComparison.Ordinal);
        Assert.DoesNotContain(ApiKey.Prefix, Encoding.ASCII.GetString(block.Bytes), StringComparison.Ordinal);

        void Prepare()
        {
            caller.Reset();
            Assert.True(caller.TryKey(context, hub.Callers.Rules.Keys!, TimeProvider.System, out _));
            caller.Identify(context, hub.Callers.Rules);
            block.Prepare(context, context.Request.Headers, caller);
        }
    }
}
