namespace GrpcRouter.Core.Tests;

public sealed class CallTableModelTests
{
    [Fact]
    public void Ids_in_random_use_are_told_apart_as_live_withdrawn_over_and_never_issued()
    {
        CallTable table = new(500);
        Random random = new(1);
        Dictionary<ulong, (SlotState State, RoutedCall? Call)> model = [];
        for (int i = 0; i < 4_000; i++)
        {
            ulong known = model.Count == 0 ? 0 : model.Keys.ElementAt(random.Next(Math.Max(0, model.Count - 600), model.Count));
            switch (random.Next(4))
            {
                case 0 or 1:
                    RoutedCall call = new();
                    ulong id = table.Add(call);
                    Assert.Equal(model.Values.Count(static entry => entry.State is not SlotState.Over) == 500, id == 0);
                    Assert.False(model.ContainsKey(id));
                    if (id != 0)
                    {
                        model.Add(id, (SlotState.Live, call));
                    }

                    break;
                case 2 when known != 0:
                    Assert.Equal(model[known].State == SlotState.Live, table.Withdraw(known, allowance: 0));
                    model[known] = model[known].State == SlotState.Live ? (SlotState.Withdrawn, null) : model[known];
                    break;
                case 3 when known != 0:
                    table.Remove(known);
                    model[known] = (SlotState.Over, null);
                    break;
            }

            if (known != 0)
            {
                Assert.Equal(model[known].State, table.Find(known, out RoutedCall? found));
                Assert.Same(model[known].Call, found);
            }
        }

        Assert.Equal(model.Values.Count(static entry => entry.State is not SlotState.Over), table.Count);
        Assert.Equal(SlotState.Unknown, table.Find(ulong.MaxValue, out _));
        Assert.Equal(SlotState.Unknown, table.Find(0, out _));
        Assert.Equal(
            model.Where(static entry => entry.Value.State == SlotState.Live).Select(static entry => entry.Key).Order(),
            table.Close().Select(static entry => entry.Id).Order());
        Assert.Equal((0, 0ul), (table.Count, table.Add(new RoutedCall())));
        Assert.Empty(table.Close());
    }
}
