using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>What is logged of certificates. Keys and passwords never appear.</summary>
internal static partial class CertificateLog
{
    [LoggerMessage(301, LogLevel.Information, "Took {Use} certificates from {Source}: {Certificates}.")]
    public static partial void CertificatesTaken(this ILogger log, string use, string source, string certificates);

    [LoggerMessage(302, LogLevel.Warning, "The {Use} certificates of {Source} cannot be used, so those before stay: {Reason}")]
    public static partial void CertificatesRefused(this ILogger log, string use, string source, string reason);

    [LoggerMessage(303, LogLevel.Warning, "The {Use} certificate of {Subject}, serial number {Serial}, from {Source} expires at {Expires:u}, in {Left:F1} days.")]
    public static partial void CertificateExpires(this ILogger log, string use, string subject, string serial, string source, DateTimeOffset expires, double left);

    [LoggerMessage(304, LogLevel.Error, "The {Use} certificate of {Subject}, serial number {Serial}, from {Source} has expired at {Expires:u}.")]
    public static partial void CertificateExpired(this ILogger log, string use, string subject, string serial, string source, DateTimeOffset expires);
}
