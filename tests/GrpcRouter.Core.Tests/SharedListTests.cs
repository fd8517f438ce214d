namespace GrpcRouter.Core.Tests;

public sealed class SharedListTests
{
    [Fact]
    public void Lists_in_random_use_hold_what_was_put_in_and_never_change()
    {
        Random random = new(7);
        SharedList<int> list = SharedList<int>.Empty;
        List<int> model = [];
        List<(SharedList<int> List, int[] Expected)> kept = [];
        for (int i = 0; i < 6_000; i++)
        {
            // Grows past several chunks, then shrinks to nothing, over and over.
            bool growing = i % 1_500 < 800;
            if (model.Count == 0 || random.Next(10) < (growing ? 8 : 1))
            {
                list = list.Add(i);
                model.Add(i);
            }
            else
            {
                int index = random.Next(4) == 0 ? model.Count - 1 : random.Next(model.Count);
                list = list.RemoveAt(index);
                model[index] = model[^1];
                model.RemoveAt(model.Count - 1);
            }

            Assert.Equal(model.Count, list.Count);
            if (i % 50 == 0 || model.Count % SharedList<int>.ChunkSize < 2)
            {
                kept.Add((list, [.. model]));
            }
        }

        foreach ((SharedList<int> old, int[] expected) in kept)
        {
            Assert.Equal(expected, old);
            Assert.Equal(expected, Enumerable.Range(0, old.Count).Select(index => old[index]));
        }
    }

    [Fact]
    public void An_index_outside_the_list_is_refused()
    {
        SharedList<int> list = SharedList<int>.Empty.Add(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => list.RemoveAt(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => list.RemoveAt(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedList<int>.Empty.RemoveAt(0));
        Assert.Throws<IndexOutOfRangeException>(() => list[1]);
    }

    [Fact]
    public void A_change_to_a_long_list_copies_a_small_part_of_it()
    {
        const int Long = 20_000;
        SharedList<object> list = SharedList<object>.Empty;
        object item = new();
        for (int i = 0; i < Long; i++)
        {
            list = list.Add(item);
        }

        // A copy of the list would be 160,000 bytes.
        long before = GC.GetAllocatedBytesForCurrentThread();
        SharedList<object> changed = list.Add(item).RemoveAt(0).RemoveAt(Long / 2);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(Long - 1, changed.Count);
        Assert.InRange(allocated, 1, 3 * 5_000);
    }
}
