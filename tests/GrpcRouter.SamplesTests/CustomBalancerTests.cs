namespace GrpcRouter.SamplesTests;

public sealed class CustomBalancerTests
{
    [Fact]
    public async Task The_policy_of_the_sample_prefers_instances_with_a_gpu_and_the_least_busy_of_them()
    {
        using var sample = Sample.Start("CustomBalancer");

        Assert.True(await sample.WaitForExit() == 0, sample.Transcript);
        Assert.Contains("Ada is greeted by plain", sample.Transcript, StringComparison.Ordinal);
        Assert.Matches("Hedy talks to (amber, Grace is greeted by birch|birch, Grace is greeted by amber)", sample.Transcript);
    }
}
