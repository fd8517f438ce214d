using Echo;

namespace Grpc.Core.Api.Tests;

internal sealed class EchoService : Echoes.EchoesBase
{
    public override Task<Words> One(Words request, ServerCallContext context) => Task.FromResult(request);

    public override async Task<Words> Collect(IAsyncStreamReader<Words> requestStream, ServerCallContext context)
    {
        List<string> texts = [];
        while (await requestStream.MoveNext())
        {
            texts.Add(requestStream.Current.Text);
        }

        return new() { Text = string.Join(' ', texts) };
    }

    public override async Task Split(Words request, IServerStreamWriter<Words> responseStream, ServerCallContext context)
    {
        foreach (var text in request.Text.Split(' '))
        {
            await responseStream.WriteAsync(new() { Text = text });
        }
    }

    public override async Task Chat(IAsyncStreamReader<Words> requestStream, IServerStreamWriter<Words> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            await responseStream.WriteAsync(requestStream.Current, context.CancellationToken);
        }
    }
}
