using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

/// <summary>Reads streams of messages.</summary>
internal static class Streams
{
    public static async IAsyncEnumerable<T> Each<T>(this IAsyncStreamReader<T> reader)
    {
        while (await reader.MoveNext(CancellationToken.None))
        {
            yield return reader.Current;
        }
    }

    /// <summary>The next message; the stream must have one.</summary>
    public static async Task<T> NextAsync<T>(this IAsyncStreamReader<T> reader)
    {
        Assert.True(await reader.MoveNext(CancellationToken.None).Soon("No message came."), "The stream has ended.");
        return reader.Current;
    }

    public static async Task<List<T>> ToListAsync<T>(this IAsyncStreamReader<T> reader)
    {
        List<T> all = [];
        while (await reader.MoveNext(CancellationToken.None).Soon($"The stream did not end after {all.Count} messages."))
        {
            all.Add(reader.Current);
        }

        return all;
    }
}
