using System.Globalization;
using System.Net.Http.Headers;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>Reads the status of a call from HTTP headers or trailers.</summary>
internal static class ReceivedStatus
{
    public static bool IsIn(HttpHeaders headers) => headers.NonValidated.Contains("grpc-status");

    public static Status From(HttpHeaders headers)
    {
        if (First(headers, "grpc-status") is not { } code)
        {
            return new(StatusCode.Unknown, "The response ended without a status.");
        }

        var message = PercentEncoding.Decode(First(headers, "grpc-message") ?? "");
        return int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new((StatusCode)number, message)
            : new(StatusCode.Unknown, $"The response has the status '{code}', which is not a number. {message}".TrimEnd());
    }

    private static string? First(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.First() : null;
}
