using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

/// <summary>Reads why the router ended a call.</summary>
internal static class Reasons
{
    public static string? Of(byte[]? details)
    {
        if (details is null || Tests.Rpc.Status.Parser.ParseFrom(details).Details.FirstOrDefault() is not { } any || !any.Is(Tests.Rpc.ErrorInfo.Descriptor))
        {
            return null;
        }

        Tests.Rpc.ErrorInfo info = any.Unpack<Tests.Rpc.ErrorInfo>();
        return info.Domain == "grpcrouter" ? info.Reason : null;
    }

    public static string? Of(RpcException error) => Of(error.Trailers.GetValueBytes("grpc-status-details-bin"));

    public static byte[] FromBase64(string value) => Convert.FromBase64String(value.PadRight((value.Length + 3) / 4 * 4, '='));
}
