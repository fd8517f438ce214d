using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GrpcRouter;

/// <summary>
/// The client's part of CallStart, serialized. A client's calls mostly bring the same few headers, and then the block of the stream's
/// last call serves again.
/// </summary>
internal sealed class StartBlock
{
    private const int KeptBytes = 1024;

    private readonly FrameBuffer buffer = new();
    private string? peer;
    private string? userAgent;
    private string? encoding;
    private string? acceptEncoding;
    private string? authority;
    private string? authorization;
    private PeerIdentity? identity;
    private string? tenant;
    private bool plain;
    private bool forwarding;
    private int size;

    public ReadOnlySpan<byte> Bytes => buffer.WrittenSpan;

    /// <summary>Serializes what the request brings, and who brings it.</summary>
    /// <returns>Size of the client's metadata as key + value + 32 an entry.</returns>
    public int Prepare(HttpContext context, IHeaderDictionary headers, HttpCaller caller)
    {
        peer ??= PeerName.Of(context);
        bool known = plain;
        plain = IsPlain(headers);
        if (known && plain && Same(headers.UserAgent, userAgent) && Same(headers.GrpcEncoding, encoding)
            && Same(headers.GrpcAcceptEncoding, acceptEncoding) && Same(headers.Host, authority)
            && Same(headers.Authorization, authorization) && ReferenceEquals(caller.Identity, identity) && caller.Tenant == tenant
            && caller.ForwardsAuthorization == forwarding)
        {
            return size;
        }

        userAgent = headers.UserAgent;
        encoding = headers.GrpcEncoding;
        acceptEncoding = headers.GrpcAcceptEncoding;
        authority = headers.Host;
        authorization = headers.Authorization;
        identity = caller.Identity;
        tenant = caller.Tenant;
        forwarding = caller.ForwardsAuthorization;
        buffer.Reset();
        size = WriteMetadata(headers, caller.HasKey);
        WriteCaller();
        WriteText(CallStartFields.EncodingField, encoding);
        WriteText(CallStartFields.AcceptEncodingField, acceptEncoding);
        WriteText(CallStartFields.AuthorityField, authority);
        WriteText(CallStartFields.PeerField, peer);
        return size;
    }

    /// <summary>The block is too large to be kept for calls that will hardly bring it again.</summary>
    public bool IsLarge => buffer.Length > KeptBytes;

    public void Drop()
    {
        buffer.Dispose();
        plain = false;
    }

    // Nothing but headers that are looked at by name. To go through them all would make an enumerator for each call.
    private static bool IsPlain(IHeaderDictionary headers) =>
        headers.Count == headers.ContentType.Count + headers.TE.Count + headers.UserAgent.Count + headers.Host.Count
            + headers.GrpcTimeout.Count + headers.GrpcEncoding.Count + headers.GrpcAcceptEncoding.Count + headers.Authorization.Count
            + (headers.ContentLength is null ? 0 : 1)
        && headers.UserAgent.Count <= 1 && headers.Authorization.Count <= 1;

    private static bool Same(StringValues value, string? known) =>
        value.Count <= 1 && string.Equals(value.Count == 0 ? null : value[0], known, StringComparison.Ordinal);

    private int WriteMetadata(IHeaderDictionary headers, bool hasKey)
    {
        if (plain)
        {
            return (userAgent is null ? 0 : WriteEntry("user-agent", userAgent))
                + (authorization is null || !GoesOn("authorization", authorization, hasKey) ? 0 : WriteEntry("authorization", authorization));
        }

        int written = 0;
        foreach ((string key, StringValues values) in headers)
        {
            if (MetadataRules.IsReserved(key))
            {
                continue;
            }

            foreach (string? value in values)
            {
                written += GoesOn(key, value ?? "", hasKey) ? WriteEntry(key, value ?? "") : 0;
            }
        }

        return written;
    }

    // A key of the router's own is for nobody else.
    private bool GoesOn(string key, string value, bool hasKey) =>
        (forwarding || !key.Equals("authorization", StringComparison.OrdinalIgnoreCase)) && !(hasKey && ApiKeyHeaders.IsKey(key, value));

    private void WriteCaller()
    {
        if (identity is not null)
        {
            WriteEntry(MetadataRules.CallerKey, CallerName.Encode(identity.Scheme, identity.Name));
        }

        if (tenant is not null)
        {
            WriteEntry(MetadataRules.TenantKey, tenant);
        }
    }

    private int WriteEntry(string key, string value)
    {
        int entry = buffer.BeginNested(MetadataReader.InCallStart);
        buffer.WriteLengthPrefix(1, key.Length);
        Span<byte> lower = buffer.GetSpan(key.Length)[..key.Length];
        for (int i = 0; i < key.Length; i++)
        {
            lower[i] = (byte)char.ToLowerInvariant(key[i]);
        }

        buffer.Advance(key.Length);
        buffer.WriteString(2, value);
        buffer.EndNested(entry);
        return key.Length + value.Length + MetadataRules.EntryOverhead;
    }

    private void WriteText(int field, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            buffer.WriteString(field, value);
        }
    }
}
