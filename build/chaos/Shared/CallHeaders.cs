using System.Globalization;
using Grpc.Core;

namespace GrpcRouter.Chaos;

/// <summary>The metadata by which a call and the instance that serves it name themselves.</summary>
internal static class CallHeaders
{
    public const string CallId = "call-id";

    private const string Instance = "instance";

    public static Metadata Of(long call) => new() { { CallId, call.ToString(CultureInfo.InvariantCulture) } };

    public static long CallOf(Metadata headers) => long.Parse(headers.GetValue(CallId) ?? "0", CultureInfo.InvariantCulture);

    public static Metadata OfInstance(string name) => new() { { Instance, name } };

    public static string? InstanceOf(Metadata headers) => headers.GetValue(Instance);
}
