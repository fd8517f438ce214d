namespace GrpcRouter.HostileTests;

/// <summary>Error codes of HTTP/2 (RFC 9113, section 7).</summary>
internal static class HttpErrors
{
    public const int RefusedStream = 7;
    public const int EnhanceYourCalm = 11;
}
