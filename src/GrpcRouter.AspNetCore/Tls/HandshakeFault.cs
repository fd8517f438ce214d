using System.Security.Authentication;

namespace GrpcRouter;

/// <summary>Puts into words why a handshake failed.</summary>
internal static class HandshakeFault
{
    public static string Describe(Exception? error)
    {
        if (error is null)
        {
            return "the handshake took too long.";
        }

        List<string> messages = [];
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause.Message is { Length: > 0 } message && !message.Contains("see inner exception", StringComparison.OrdinalIgnoreCase))
            {
                messages.Add(message.TrimEnd('.'));
            }
        }

        string text = string.Join(": ", messages);
        return $"{text}.{Hint(error, text)}";
    }

    private static string Hint(Exception error, string text) =>
        text.Contains("frame size", StringComparison.Ordinal) ? " It does not speak TLS; its address of the router should begin with https."
        : text.Contains("protocol", StringComparison.Ordinal) ? " It may speak older versions of TLS only (GrpcRouter:Tls:MinVersion), or not HTTP/2 (ALPN h2)."
        : error is not AuthenticationException ? " It hung up; it may not trust the router's certificate, or speak older versions of TLS only."
        : text.Contains("alert", StringComparison.OrdinalIgnoreCase) ? " It has refused the router's certificate or terms."
        : "";
}
