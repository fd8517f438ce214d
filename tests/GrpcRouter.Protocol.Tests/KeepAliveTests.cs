namespace GrpcRouter.Protocol.Tests;

/// <summary>Interval 30, timeout 10, starting at 100. Each row: events in order, a tick's action behind its time.</summary>
public sealed class KeepAliveTests
{
    [Theory]
    [InlineData("tick 100 None, tick 129 None, tick 130 Ping")]
    [InlineData("tick 130 Ping, tick 131 None, tick 139 None, tick 140 Dead")]
    [InlineData("tick 130 Ping, tick 140 Dead, tick 141 Dead")]
    [InlineData("tick 130 Ping, heard 135, tick 140 None, tick 164 None, tick 165 Ping, tick 174 None, tick 175 Dead")]
    [InlineData("heard 120, tick 130 None, tick 149 None, tick 150 Ping, tick 160 Dead")]
    [InlineData("heard 120, heard 140, heard 160, tick 161 None, tick 190 Ping")]
    [InlineData("tick 130 Ping, heard 139, tick 139 None, tick 169 Ping, heard 170, tick 199 None, tick 200 Ping")]
    [InlineData("tick 100000 Ping, tick 100009 None, tick 100010 Dead")] // a machine that slept asks before it gives up
    [InlineData("tick 100000 Ping, heard 100001, tick 100030 None, tick 100031 Ping")]
    [InlineData("tick 150 Ping, tick 159 None, tick 160 Dead")] // a late tick gives the peer the whole timeout
    [InlineData("tick 130 Ping, tick 145 Dead, heard 146, tick 150 None")]
    public void A_silent_peer_is_asked_and_then_given_up(string events)
    {
        KeepAlive keepAlive = new(30, 10, 100);
        foreach (var step in events.Split(", ").Select(step => step.Split(' ')))
        {
            var now = long.Parse(step[1], System.Globalization.CultureInfo.InvariantCulture);
            if (step[0] == "heard")
            {
                keepAlive.OnReceived(now);
            }
            else
            {
                Assert.True(step[2] == keepAlive.Tick(now).ToString(), $"Not {step[2]} at {now} of: {events}");
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    public void A_day_without_a_call_ends_no_channel_whose_peer_answers(int answerDelay)
    {
        const int day = 24 * 60 * 60;
        KeepAlive keepAlive = new(30, 10, 0);
        var pings = 0;
        var answer = -1;
        for (var second = 0; second < day; second++)
        {
            if (second == answer)
            {
                keepAlive.OnReceived(second);
            }

            var action = keepAlive.Tick(second);
            Assert.NotEqual(KeepAliveAction.Dead, action);
            if (action == KeepAliveAction.Ping)
            {
                pings++;
                answer = second + answerDelay;
                if (answerDelay == 0)
                {
                    keepAlive.OnReceived(second);
                }
            }
        }

        Assert.Equal((day - 1) / (30 + answerDelay), pings);
    }

    [Fact]
    public void A_day_of_traffic_needs_no_ping()
    {
        KeepAlive keepAlive = new(30, 10, 0);
        for (var second = 0; second < 24 * 60 * 60; second++)
        {
            if (second % 29 == 0)
            {
                keepAlive.OnReceived(second);
            }

            Assert.Equal(KeepAliveAction.None, keepAlive.Tick(second));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_peer_that_went_silent_is_dead_within_interval_timeout_and_two_ticks(int tick)
    {
        KeepAlive keepAlive = new(30, 10, 0);
        keepAlive.OnReceived(1000);
        var now = 1000;
        while (keepAlive.Tick(now) != KeepAliveAction.Dead)
        {
            now += tick;
        }

        Assert.InRange(now, 1040, 1040 + (2 * tick));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(29)]
    public void Asked_when_it_says_so_it_finds_a_silent_peer_at_interval_and_timeout(long heard)
    {
        KeepAlive keepAlive = new(30, 10, 0);
        long now = 0;
        List<(long, KeepAliveAction)> actions = [];
        while (actions is not [.., (_, KeepAliveAction.Dead)])
        {
            if (now <= heard)
            {
                keepAlive.OnReceived(heard);
            }

            now += keepAlive.NextIn(now);
            if (keepAlive.Tick(now) is var action and not KeepAliveAction.None)
            {
                actions.Add((now, action));
            }
        }

        Assert.Equal([(heard + 30, KeepAliveAction.Ping), (heard + 40, KeepAliveAction.Dead)], actions);
        Assert.Equal(0, keepAlive.NextIn(now));
    }
}
