namespace GrpcRouter.Core.Tests;

public sealed class OutlierDetectorTests
{
    private static readonly OutlierPlan.Rule Rate = new(Threshold: 1900, EnforcementPercentage: 100, MinimumHosts: 5, RequestVolume: 100);
    private static readonly OutlierPlan.Rule Failures = new(Threshold: 50, EnforcementPercentage: 100, MinimumHosts: 1, RequestVolume: 10);

    // Five rates with the mean m and the population's standard deviation d; the last is ejected below m - 1.9 d.
    // 1, 1, 1, 1, 0.5: m = 0.9, d = 0.2, bound 0.52. 1, 1, 1, 0.9, 0.5: m = 0.88, d = 0.194, bound 0.511. 1, 1, 1, 0.6, 0.5: m = 0.82, d = 0.223, bound 0.396.
    // 1, 1, 1, 1, 0.99: m = 0.998, d = 0.004, bound 0.9904: however little it is.
    [Theory]
    [InlineData(new[] { 100, 100, 100, 100, 50 }, true)]
    [InlineData(new[] { 100, 100, 100, 90, 50 }, true)]
    [InlineData(new[] { 100, 100, 100, 60, 50 }, false)]
    [InlineData(new[] { 100, 100, 100, 100, 99 }, true)]
    [InlineData(new[] { 50, 50, 50, 50, 50 }, false)]
    [InlineData(new[] { 0, 0, 0, 0, 0 }, false)]
    public void Who_succeeds_less_than_the_mean_by_some_deviations_is_ejected(int[] successes, bool lastIsEjected)
    {
        Fleet fleet = new(5, Fleet.Plan(successRate: Rate));
        for (int i = 0; i < 5; i++)
        {
            fleet.Calls(i, successes[i], 100 - successes[i]);
        }

        fleet.Interval();

        Assert.Equal(lastIsEjected ? [4] : [], fleet.Ejected);
    }

    [Theory]
    [InlineData(1999, true)]
    [InlineData(2001, false)]
    public void The_factor_is_in_thousandths_of_a_deviation(int factor, bool ejected)
    {
        // The rate 0.5 lies exactly two deviations of 0.2 under the mean of 0.9.
        Fleet fleet = new(5, Fleet.Plan(successRate: Rate with { Threshold = factor }));
        fleet.CallsEverywhere(50, 0).Calls(0, 50, 0).Calls(1, 50, 0).Calls(2, 50, 0).Calls(3, 50, 0).Calls(4, 0, 50);

        fleet.Interval();

        Assert.Equal(ejected ? [4] : [], fleet.Ejected);
    }

    [Fact]
    public void Too_few_instances_with_enough_calls_are_not_compared()
    {
        Fleet fleet = new(6, Fleet.Plan(successRate: Rate));
        fleet.Calls(0, 100, 0).Calls(1, 100, 0).Calls(2, 100, 0).Calls(3, 0, 100).Calls(4, 99, 0).Calls(5, 99, 0);
        fleet.Interval();
        Assert.Empty(fleet.Ejected);
    }

    [Fact]
    public void One_with_too_few_calls_neither_counts_nor_is_ejected()
    {
        Fleet fleet = new(6, Fleet.Plan(successRate: Rate));
        fleet.CallsEverywhere(100, 0);
        fleet.Interval();
        fleet.Calls(0, 100, 0).Calls(1, 100, 0).Calls(2, 100, 0).Calls(3, 100, 0).Calls(4, 100, 0).Calls(5, 0, 99);
        fleet.Interval();
        Assert.Empty(fleet.Ejected);
    }

    [Theory]
    [InlineData(50, 50, false)]
    [InlineData(49, 51, true)]
    [InlineData(0, 9, false)]
    [InlineData(0, 10, true)]
    public void Who_fails_more_than_the_threshold_of_enough_calls_is_ejected(int successes, int failures, bool ejected)
    {
        Fleet fleet = new(2, Fleet.Plan(failurePercentage: Failures));
        fleet.Calls(1, successes, failures).Interval();
        Assert.Equal(ejected ? [1] : [], fleet.Ejected);
    }

    [Fact]
    public void An_instance_that_fails_alone_is_ejected_only_where_one_is_enough()
    {
        Fleet one = new(1, Fleet.Plan(failurePercentage: Failures, maxEjectionPercent: 10));
        one.Calls(0, 0, 100).Interval();
        Assert.Equal([0], one.Ejected);

        Fleet careful = new(1, Fleet.Plan(failurePercentage: Failures with { MinimumHosts = 5 }, maxEjectionPercent: 10));
        careful.Calls(0, 0, 100).Interval();
        Assert.Empty(careful.Ejected);
    }

    // The share is looked at before each ejection: none at or over it.
    [Theory]
    [InlineData(10, 10, 1)]
    [InlineData(10, 11, 2)]
    [InlineData(10, 30, 3)]
    [InlineData(5, 10, 1)]
    [InlineData(3, 34, 2)]
    [InlineData(4, 0, 0)]
    [InlineData(4, 100, 4)]
    public void No_more_are_ejected_at_the_largest_share(int instances, int percent, int ejected)
    {
        Fleet fleet = new(instances, Fleet.Plan(failurePercentage: Failures, maxEjectionPercent: percent));
        fleet.CallsEverywhere(0, 20).Interval();
        Assert.Equal(ejected, fleet.Ejected.Length);

        fleet.CallsEverywhere(0, 20).Interval();
        Assert.Equal(ejected, fleet.Ejected.Length);
    }

    [Fact]
    public void Both_algorithms_share_the_largest_share()
    {
        Fleet fleet = new(10, Fleet.Plan(Rate, Failures, maxEjectionPercent: 20));
        fleet.CallsEverywhere(100, 0).Calls(7, 0, 300).Calls(8, 0, 300).Calls(9, 0, 300);
        fleet.Interval();
        Assert.Equal(2, fleet.Ejected.Length);
    }

    [Fact]
    public void An_enforcement_percentage_is_the_share_of_outliers_that_are_ejected()
    {
        Fleet fleet = new(2000, Fleet.Plan(failurePercentage: Failures with { EnforcementPercentage = 25 }), seed: 7);
        fleet.CallsEverywhere(0, 10).Interval();
        Assert.InRange(fleet.Ejected.Length, 440, 560);

        Fleet never = new(20, Fleet.Plan(failurePercentage: Failures with { EnforcementPercentage = 0 }));
        never.CallsEverywhere(0, 10).Interval();
        Assert.Empty(never.Ejected);
    }

    [Fact]
    public void Only_the_calls_of_the_last_interval_count()
    {
        Fleet fleet = new(2, Fleet.Plan(failurePercentage: Failures));
        fleet.Calls(0, 0, 9).Interval();
        fleet.Calls(0, 0, 9).Interval();
        Assert.Empty(fleet.Ejected);
    }

    [Fact]
    public void An_ejection_ends_after_its_time_without_any_traffic()
    {
        Fleet fleet = new(3, Fleet.Plan(failurePercentage: Failures));
        OutlierChange ejected = Assert.Single(fleet.Calls(1, 0, 10).Interval());
        Assert.Equal("10 of 10 calls failed, more than 50 %.", ejected.Reason);
        Assert.Equal("10 of 10 calls failed, more than 50 %.", fleet.Instances[1].EjectionReason);
        Assert.Empty(fleet.Interval());
        Assert.Empty(fleet.Interval());

        Assert.Equal([new OutlierChange(fleet.Instances[1], null)], fleet.Interval());

        Assert.Empty(fleet.Ejected);
        Assert.Equal("", fleet.Instances[1].EjectionReason);
    }

    [Fact]
    public void Each_ejection_takes_longer_up_to_the_longest()
    {
        Fleet fleet = new(2, Fleet.Plan(failurePercentage: Failures));
        List<int> intervals = [];
        for (int round = 0; round < 5; round++)
        {
            fleet.Calls(0, 0, 10).Interval();
            int passed = 0;
            while (fleet.Ejected.Length > 0)
            {
                fleet.Interval();
                passed++;
            }

            intervals.Add(passed);
        }

        // 30, 60, 90, and then no more than 100 s.
        Assert.Equal([3, 6, 9, 10, 10], intervals);
    }

    [Fact]
    public void What_an_instance_gathered_goes_with_each_interval_that_it_is_well()
    {
        Fleet fleet = new(2, Fleet.Plan(failurePercentage: Failures));
        fleet.Calls(0, 0, 10).Interval();
        Assert.Equal(1, fleet.Instances[0].Outlier.Multiplier);
        for (int i = 0; i < 3; i++)
        {
            fleet.Interval();
        }

        Assert.Equal(1, fleet.Instances[0].Outlier.Multiplier);
        fleet.Interval();
        Assert.Equal(0, fleet.Instances[0].Outlier.Multiplier);
        fleet.Interval();
        Assert.Equal(0, fleet.Instances[0].Outlier.Multiplier);
    }

    [Fact]
    public void Late_failures_of_an_ejected_instance_do_not_prolong_its_ejection()
    {
        Fleet fleet = new(1, Fleet.Plan(failurePercentage: Failures));
        fleet.Calls(0, 0, 10).Interval();
        fleet.Calls(0, 0, 10).Interval();
        fleet.Calls(0, 0, 10).Interval();
        fleet.Calls(0, 0, 10).Interval();
        Assert.Empty(fleet.Ejected);
        Assert.Equal(1, fleet.Instances[0].Outlier.Multiplier);
    }

    [Fact]
    public void A_first_ejection_that_is_longer_than_the_longest_keeps_its_length()
    {
        OutlierPlan plan = Fleet.Plan(failurePercentage: Failures) with { BaseEjectionTime = TimeSpan.FromSeconds(400), MaxEjectionTime = TimeSpan.FromSeconds(300) };
        Assert.Equal(TimeSpan.FromSeconds(400), plan.EjectionTime(1));
        Assert.Equal(TimeSpan.FromSeconds(400), plan.EjectionTime(int.MaxValue));
    }

    [Fact]
    public void Without_rules_all_ejections_end_and_nothing_is_remembered()
    {
        Fleet fleet = new(3, Fleet.Plan(failurePercentage: Failures));
        fleet.Calls(0, 0, 10).Calls(2, 0, 10).Interval();

        OutlierChange[] changes = fleet.Configure(null);

        Assert.Equal([fleet.Instances[0], fleet.Instances[2]], changes.Select(static change => change.Instance));
        Assert.All(changes, static change => Assert.Null(change.Reason));
        Assert.Empty(fleet.Ejected);
        Assert.All(fleet.Instances, static instance => Assert.Equal(0, instance.Outlier.Multiplier));
        Assert.Empty(fleet.CallsEverywhere(0, 10).Interval());
    }

    [Fact]
    public void Rules_that_come_anew_begin_with_a_whole_interval_and_no_calls()
    {
        Fleet fleet = new(1, plan: null);
        fleet.Calls(0, 0, 100).Interval();
        fleet.Configure(Fleet.Plan(failurePercentage: Failures));
        Assert.Empty(fleet.Interval(9.9));
        Assert.Empty(fleet.Interval(0.2));
        fleet.Calls(0, 0, 100);
        Assert.Single(fleet.Interval());
    }

    [Fact]
    public void Other_rules_do_not_begin_the_interval_anew()
    {
        Fleet fleet = new(1, Fleet.Plan(failurePercentage: Failures with { Threshold = 100 }));
        fleet.Calls(0, 0, 10).Interval(6);
        fleet.Configure(Fleet.Plan(failurePercentage: Failures));
        Assert.Single(fleet.Interval(4));
    }
}
