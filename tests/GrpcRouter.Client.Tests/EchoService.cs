namespace GrpcRouter.Client.Tests;

/// <summary>Answers with what it is told and with its name.</summary>
internal sealed class EchoService(string name) : Echo.EchoBase
{
    public override Task<Line> One(Line request, ServerCallContext context) => Task.FromResult(Answer(request.Text));

    public override async Task<Line> Collect(IAsyncStreamReader<Line> requestStream, ServerCallContext context)
    {
        List<string> words = [];
        await foreach (Line line in requestStream.ReadAllAsync())
        {
            words.Add(line.Text);
        }

        return Answer(string.Join(' ', words));
    }

    public override async Task Split(Line request, IServerStreamWriter<Line> responseStream, ServerCallContext context)
    {
        foreach (string word in request.Text.Split(' '))
        {
            await responseStream.WriteAsync(Answer(word));
        }
    }

    public override async Task Chat(IAsyncStreamReader<Line> requestStream, IServerStreamWriter<Line> responseStream, ServerCallContext context)
    {
        await foreach (Line line in requestStream.ReadAllAsync())
        {
            await responseStream.WriteAsync(Answer(line.Text));
        }
    }

    private Line Answer(string text) => new() { Text = text, Server = name };
}
