using System.Text;
using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>What a call was opened with. Kept as bytes and read when somebody asks: most handlers look at none of it.</summary>
internal readonly struct CallOpening(byte[] serialized)
{
    public string Authority => CallStartFields.TryRead(serialized, out CallStartFields fields) ? Encoding.UTF8.GetString(fields.Authority) : "";

    public string Peer => CallStartFields.TryRead(serialized, out CallStartFields fields) ? Encoding.UTF8.GetString(fields.Peer) : "";

    /// <summary>grpc-encoding of the request; empty when it has none.</summary>
    public string MessageEncoding => CallStartFields.TryRead(serialized, out CallStartFields fields) ? Encoding.ASCII.GetString(fields.Encoding) : "";

    /// <summary>grpc-accept-encoding of the client.</summary>
    public string AcceptEncoding =>
        CallStartFields.TryRead(serialized, out CallStartFields fields) ? Encoding.ASCII.GetString(fields.AcceptEncoding) : "";

    public Metadata ReadMetadata() => MetadataBytes.Read(new MetadataReader(serialized, MetadataReader.InCallStart));
}
