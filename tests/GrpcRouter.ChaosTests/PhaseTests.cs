namespace GrpcRouter.ChaosTests;

public sealed class PhaseTests
{
    [Fact]
    public async Task A_wait_in_vain_names_its_phase_and_the_state_of_things()
    {
        ManualTimeProvider time = new();
        Phase phase = new(time, static () => null, static () => Task.FromResult("call 7 has not ended"));

        Task wait = phase.WaitAsync("all calls have ended", new TaskCompletionSource().Task);
        while (!wait.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        ChaosException failure = await Assert.ThrowsAsync<ChaosException>(() => wait);
        Assert.Equal("After 60 s of waiting until all calls have ended: call 7 has not ended", failure.Message);
    }

    [Fact]
    public async Task A_wait_ends_at_once_when_a_process_has_ended_that_should_not()
    {
        Phase phase = new(new ManualTimeProvider(), static () => "router-0 ended", static () => Task.FromResult(""));

        ChaosException failure = await Assert.ThrowsAsync<ChaosException>(() => phase.WaitAsync("it listens", new TaskCompletionSource().Task));

        Assert.Equal("While waiting until it listens: router-0 ended", failure.Message);
    }
}
