using System.Net;

namespace GrpcRouter.Core.Tests;

public sealed class PartitionKeyTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", 32, false)]
    [InlineData("192.0.2.1", "192.0.2.2", 24, true)]
    [InlineData("192.0.2.1", "198.51.100.1", 0, true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", 32, true)]
    [InlineData("::1", "0.0.0.1", 32, false)]
    public void IPv4_addresses_are_one_partition_by_their_leading_bits(string one, string other, int bits, bool same) =>
        Assert.Equal(same, PartitionKey.Of(IPAddress.Parse(one), bits, 128) == PartitionKey.Of(IPAddress.Parse(other), bits, 128));

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::2", 64, true)]
    [InlineData("2001:db8:0:1::1", "2001:db8::1", 64, false)]
    [InlineData("2001:db8::1", "2001:db8::2", 128, false)]
    public void IPv6_addresses_are_one_partition_by_their_leading_bits(string one, string other, int bits, bool same) =>
        Assert.Equal(same, PartitionKey.Of(IPAddress.Parse(one), 32, bits) == PartitionKey.Of(IPAddress.Parse(other), 32, bits));

    [Fact]
    public void Identities_of_different_schemes_are_apart() =>
        Assert.NotEqual(PartitionKey.Of(new PeerIdentity("api-key", "a")), PartitionKey.Of(new PeerIdentity("certificate", "a")));

    [Theory]
    [InlineData("192.0.2.77", 24, "192.0.2.0")]
    [InlineData("2001:db8::1", 32, "2001:db8::")]
    public void A_partition_names_its_network(string address, int bits, string name) =>
        Assert.Equal(name, PartitionKey.Of(IPAddress.Parse(address), bits, bits).ToString());

    [Fact]
    public void A_partition_is_found_without_allocating()
    {
        IPAddress address = IPAddress.Parse("2001:db8::1");
        PeerIdentity identity = new("api-key", "a");
        _ = PartitionKey.Of(address, 32, 64).GetHashCode() + PartitionKey.Of(identity).GetHashCode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int sum = 0;
        for (int i = 0; i < 1000; i++)
        {
            sum += PartitionKey.Of(address, 32, 64).GetHashCode() + PartitionKey.Of(identity).GetHashCode();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.NotEqual(1, sum);
    }
}
