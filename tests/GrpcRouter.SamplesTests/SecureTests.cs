namespace GrpcRouter.SamplesTests;

public sealed class SecureTests
{
    [Fact]
    public async Task The_sample_lets_one_identity_register_refuses_the_other_and_ends_by_itself()
    {
        using var sample = Sample.Start("Secure");

        Assert.True(await sample.WaitForExit() == 0, sample.Transcript);
        string[] expected =
        [
            "amber    shows a certificate of the Development CA and is registered", "basil    shows one too, and is refused", "mallory  shows one of Somebody else's CA and is refused", "caller   shows a certificate and is answered by amber: Hello Ada",
            "nobody   shows none and does not get through", "the conversation went on", "done     everything ended as it should",
        ];
        Assert.All(expected, line => Assert.Contains(line, sample.Transcript, StringComparison.Ordinal));
    }
}
