using System.Net;
using System.Security.Authentication;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>Reads from what a router answered, or from what broke, how a channel ended.</summary>
internal static class ChannelEnds
{
    /// <summary>Finds out why a response is no registration stream; null when it is one.</summary>
    public static ChannelEnd? FromResponse(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            bool transient = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout;
            return new ChannelEnd(
                transient ? ChannelEndKind.Lost : ChannelEndKind.Refused, $"the router answered HTTP {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd());
        }

        string? type = response.Content.Headers.ContentType?.MediaType;
        if (type is null || !type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase))
        {
            return new ChannelEnd(ChannelEndKind.Refused, $"the address answers with content type '{type}', not as a gRPC server");
        }

        return response.Headers.Contains("grpc-status") ? FromStatus(response.Headers) : null;
    }

    /// <summary>Reads the status of a stream that the router ended.</summary>
    public static ChannelEnd FromStatus(System.Net.Http.Headers.HttpResponseHeaders headers)
    {
        string? text = headers.TryGetValues("grpc-status", out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
        if (!int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out int number))
        {
            return new ChannelEnd(ChannelEndKind.Lost, "the router ended the stream without a status");
        }

        StatusCode code = (StatusCode)number;
        string message = headers.TryGetValues("grpc-message", out values) ? Uri.UnescapeDataString(values.FirstOrDefault() ?? "") : "";
        bool refused = code is StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Unimplemented
            or StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.NotFound or StatusCode.AlreadyExists;
        return code == StatusCode.OK
            ? new ChannelEnd(ChannelEndKind.Lost, "the router ended the stream")
            : new ChannelEnd(refused ? ChannelEndKind.Refused : ChannelEndKind.Lost, $"the router ended the stream with {code}: {message}");
    }

    /// <summary>Reads the error frame of the router.</summary>
    public static ChannelEnd FromError(ChannelError error)
    {
        // A replaced instance that came back at once would throw out the one that replaced it, and so on for ever.
        bool refused = error.Code is ChannelErrorCode.Version or ChannelErrorCode.Refused or ChannelErrorCode.Replaced;
        return new ChannelEnd(refused ? ChannelEndKind.Refused : ChannelEndKind.Lost, $"the router ended the channel with {error.Code}: {error.Message}");
    }

    /// <summary>The router ended the connection where its first words should be.</summary>
    public static ChannelEnd FromHangUp(Exception error) => new(
        ChannelEndKind.Refused, "the router hung up after the TLS handshake, as it does when it does not accept the instance's certificate or wants one; its log says more", error);

    // What a handshake failed for is said by the innermost.
    private static string Causes(Exception error) =>
        error.InnerException is { } inner ? $"{error.Message} {Causes(inner)}" : error.Message;

    public static ChannelEnd FromException(Exception error) => error switch
    {
        ChannelEndException known => known.End,
        Protocol.ProtocolViolationException => new ChannelEnd(ChannelEndKind.Lost, $"the router broke the protocol: {error.Message}", error),
        CertificateException => new ChannelEnd(ChannelEndKind.Refused, error.Message, error),
        HttpRequestException { InnerException: AuthenticationException cause } => new ChannelEnd(ChannelEndKind.Refused, $"no trusted connection: {Causes(cause)}", error),
        HttpRequestException or IOException => new ChannelEnd(ChannelEndKind.Lost, error.Message, error),
        OperationCanceledException => new ChannelEnd(ChannelEndKind.Lost, "the router reset the stream", error),
        _ => new ChannelEnd(ChannelEndKind.Refused, $"an unexpected error: {error.Message}", error),
    };
}
