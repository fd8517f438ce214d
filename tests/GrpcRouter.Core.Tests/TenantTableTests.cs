using System.Globalization;

namespace GrpcRouter.Core.Tests;

public sealed class TenantTableTests
{
    [Fact]
    public void A_tenant_has_no_more_calls_than_it_may_and_others_have_theirs()
    {
        TenantTable table = new(2);
        Tenant first = table.TryEnter("a")!;
        Assert.Same(first, table.TryEnter("a"));
        Assert.Null(table.TryEnter("a"));
        Assert.NotNull(table.TryEnter("b"));
        table.Exit(first);
        Assert.Same(first, table.TryEnter("a"));
    }

    [Fact]
    public void A_tenant_without_calls_is_gone_with_the_next_sweep_and_one_with_calls_is_not()
    {
        TenantTable table = new(2);
        table.Exit(table.TryEnter("idle")!);
        Tenant busy = table.TryEnter("busy")!;
        Assert.Equal(2, table.Count);
        table.Sweep();
        Assert.Equal(1, table.Count);
        Assert.Equal(1, busy.Calls);
        table.Exit(busy);
        table.Sweep();
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Names_that_a_client_makes_up_do_not_fill_the_table()
    {
        TenantTable table = new(2);
        for (int i = 0; i < 100_000; i++)
        {
            table.Exit(table.TryEnter(i.ToString(CultureInfo.InvariantCulture))!);
        }

        Assert.Equal(TenantTable.KeptTenants, table.Count);
    }

    [Fact]
    public async Task Counts_are_exact_while_tenants_come_go_and_are_swept()
    {
        const int Limit = 3;
        TenantTable table = new(Limit);
        int[] running = new int[4];
        int broken = 0;
        bool done = false;
        Task sweeps = Task.Run(() =>
        {
            while (!Volatile.Read(ref done))
            {
                table.Sweep();
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            PickRandom random = new((ulong)worker);
            for (int i = 0; i < 50_000; i++)
            {
                int name = random.Next(running.Length);
                if (table.TryEnter(name.ToString(CultureInfo.InvariantCulture)) is not { } tenant)
                {
                    continue;
                }

                if (Interlocked.Increment(ref running[name]) > Limit)
                {
                    Interlocked.Increment(ref broken);
                }

                Interlocked.Decrement(ref running[name]);
                table.Exit(tenant);
            }
        })));
        Volatile.Write(ref done, true);
        await sweeps;

        Assert.Equal(0, broken);
        table.Sweep();
        Assert.Equal(0, table.Count);
    }
}
