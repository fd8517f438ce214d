namespace GrpcRouter.SamplesTests;

public sealed class QuickstartTests
{
    [Fact]
    public async Task The_quickstart_shows_every_kind_of_call_and_ends_by_itself()
    {
        using var quickstart = Sample.Start("Quickstart");

        Assert.True(await quickstart.WaitForExit() == 0, quickstart.Transcript);

        string[] expected =
        [
            "unary: Hello Ada", "client streaming: Hello Edsger, Frances", "server streaming: Hello Grace, 3", "client   cancelled the stream",
            "duplex streaming: Hello Hedy", "amber    is cut off", "ended: Unavailable", "birch    duplex streaming: Hello Jean",
            "birch    unary, healed: Hello Olga", "birch    unary, healed: Hello Peter", "birch    unary: Hello Niklaus",
            "canary   serves", "of 400 users", "done     every call ended as it should",
        ];
        Assert.All(expected, line => Assert.Contains(line, quickstart.Transcript, StringComparison.Ordinal));
    }
}
