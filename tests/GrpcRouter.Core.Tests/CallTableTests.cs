namespace GrpcRouter.Core.Tests;

public sealed class CallTableTests
{
    private readonly RoutedCall call = new();

    [Fact]
    public void A_call_is_found_by_its_id_until_it_is_removed()
    {
        CallTable table = new(limit: 10);
        ulong id = table.Add(call);

        Assert.Equal(SlotState.Live, table.Find(id, out RoutedCall? found));
        Assert.Same(call, found);
        table.Remove(id);
        Assert.Equal(SlotState.Over, table.Find(id, out found));
        Assert.Null(found);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void A_slot_that_is_used_again_has_another_id_and_the_old_one_stays_over()
    {
        CallTable table = new(limit: 10);
        HashSet<ulong> ids = [];
        for (int i = 0; i < 100; i++)
        {
            ulong id = table.Add(call);
            Assert.True(ids.Add(id));
            table.Remove(id);
        }

        ulong live = table.Add(call);
        Assert.All(ids, id => Assert.Equal(SlotState.Over, table.Find(id, out _)));
        Assert.Equal(SlotState.Live, table.Find(live, out _));
    }

    [Fact]
    public void A_withdrawn_call_keeps_its_id_but_is_not_given_out()
    {
        CallTable table = new(limit: 1);
        ulong id = table.Add(call);

        Assert.True(table.Withdraw(id, allowance: 0));
        Assert.False(table.Withdraw(id, allowance: 0));
        Assert.Equal(SlotState.Withdrawn, table.Find(id, out RoutedCall? found));
        Assert.Null(found);
        Assert.Equal(0UL, table.Add(call));
        table.Remove(id);
        Assert.NotEqual(0UL, table.Add(call));
    }

    [Fact]
    public void Ids_that_were_never_given_out_are_unknown()
    {
        CallTable table = new(limit: 10);
        ulong id = table.Add(call);

        foreach (ulong stranger in (ulong[])[0, 1, id - 1, id + 1, id + (1UL << 20), 1UL << 20, uint.MaxValue, ulong.MaxValue, ulong.MaxValue - 1])
        {
            Assert.Equal(SlotState.Unknown, table.Find(stranger, out _));
            Assert.False(table.Withdraw(stranger, allowance: 0));
            table.Remove(stranger);
        }

        Assert.Equal(1, table.Count);
        Assert.Equal(SlotState.Live, table.Find(id, out _));
    }

    [Fact]
    public void No_more_calls_than_the_limit_have_ids_at_once()
    {
        CallTable table = new(limit: 100);
        ulong[] ids = [.. Enumerable.Range(0, 100).Select(_ => table.Add(call))];

        Assert.Equal(100, ids.Distinct().Count());
        Assert.DoesNotContain(0UL, ids);
        Assert.Equal(0UL, table.Add(call));
        Assert.Equal(100, table.Count);
    }

    [Fact]
    public void Closing_gives_the_live_calls_once_and_no_id_any_more()
    {
        CallTable table = new(limit: 10);
        ulong live = table.Add(call);
        ulong withdrawn = table.Add(new RoutedCall());
        ulong over = table.Add(new RoutedCall());
        table.Withdraw(withdrawn, allowance: 0);
        table.Remove(over);

        Assert.Equal([(live, call)], table.Close());
        Assert.Empty(table.Close());
        Assert.Equal(0UL, table.Add(call));
        Assert.Equal(0, table.Count);
        Assert.NotEqual(SlotState.Live, table.Find(live, out _));
    }
}
