namespace GrpcRouter;

/// <summary>Certificates cannot be used; the message says which and why.</summary>
internal sealed class CertificateException(string message, Exception? inner = null) : Exception(message, inner);
