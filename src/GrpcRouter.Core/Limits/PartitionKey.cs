using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace GrpcRouter;

/// <summary>Names a partition without a string of its own: by a name that is there, or by an address.</summary>
/// <param name="Kind">Keeps names of different kinds apart, such as the scheme of an identity.</param>
/// <param name="Name">A name; null for addresses, and for whatever has none.</param>
/// <param name="Address">The leading bits of an address, as IPv6.</param>
internal readonly record struct PartitionKey(string? Kind, string? Name, UInt128 Address)
{
    /// <summary>An IPv4 address as IPv6 (RFC 4291, 2.5.5.2) has so many bits before it.</summary>
    private const int MappedBits = 96;

    private const int AddressLength = 16;

    public static PartitionKey Of(string? name) => new(null, name, default);

    public static PartitionKey Of(PeerIdentity? identity) => identity is null ? default : new(identity.Scheme, identity.Name, default);

    /// <summary>The network of an address.</summary>
    /// <param name="address">An address of either family; null: none.</param>
    /// <param name="bits4">Leading bits that count of an IPv4 address, mapped ones among them.</param>
    /// <param name="bits6">The same of others.</param>
    public static PartitionKey Of(IPAddress? address, int bits4, int bits6)
    {
        if (address is null)
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[AddressLength];
        int bits = bits6;
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes[10] = bytes[11] = 0xFF;
            address.TryWriteBytes(bytes[12..], out _);
            bits = MappedBits + bits4;
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
            bits = address.IsIPv4MappedToIPv6 ? MappedBits + bits4 : bits6;
        }

        UInt128 mask = bits == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - bits);
        return new PartitionKey(null, null, BinaryPrimitives.ReadUInt128BigEndian(bytes) & mask);
    }

    /// <summary>For limiters of the application's.</summary>
    public override string ToString()
    {
        if (Name is not null)
        {
            return Kind is null ? Name : $"{Kind}:{Name}";
        }

        if (Address == UInt128.Zero)
        {
            return "";
        }

        Span<byte> bytes = stackalloc byte[AddressLength];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Address);
        IPAddress address = new(bytes);
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
