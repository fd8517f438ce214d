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

    /// <summary>Who calls, as the router says; null when it does not.</summary>
    public CallerIdentity? ReadCaller() =>
        Find(MetadataRules.CallerKey) is { } value && CallerName.TryDecode(value, out string scheme, out string name) ? new CallerIdentity(scheme, name) : null;

    /// <summary>For whom, as the router says; null when it does not.</summary>
    public string? ReadTenant() => Find(MetadataRules.TenantKey);

    public Metadata ReadMetadata() => MetadataBytes.Read(new MetadataReader(serialized, MetadataReader.InCallStart));

    private string? Find(string key)
    {
        MetadataReader entries = new(serialized, MetadataReader.InCallStart);
        while (entries.Read())
        {
            if (Ascii.Equals(entries.Key, key))
            {
                return Encoding.ASCII.GetString(entries.Value);
            }
        }

        return null;
    }
}
