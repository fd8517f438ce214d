using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace GrpcRouter.FunctionalTests;

/// <summary>Gives the server memory that the collector takes back. The server's own pool keeps what it had for minutes, which hides whether it is in use.</summary>
internal sealed class UnpooledMemory : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockSize = 4096;

    public override int MaxBufferSize => BlockSize;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Block();

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; private set; } = new byte[BlockSize];

        public void Dispose() => Memory = default;
    }
}
