using System.Globalization;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>What is said of a message that may not pass.</summary>
internal static class MessageRefusal
{
    /// <param name="service">The service called.</param>
    /// <param name="direction"><see cref="ReasonKeys.Request"/> or <see cref="ReasonKeys.Response"/>.</param>
    /// <param name="length">What the message says of itself.</param>
    /// <param name="limit">What it may be.</param>
    public static CallFailure TooLarge(RoutedService service, string direction, ulong length, int limit) => new(
        new RouterStatus(StatusCode.ResourceExhausted, RouterReasons.MessageTooLarge, $"The {direction} message of {length} bytes is over the limit of {limit}.")
            .With(ReasonKeys.Service, service.FullName)
            .With(ReasonKeys.Direction, direction)
            .With(ReasonKeys.Limit, limit.ToString(CultureInfo.InvariantCulture)),
        CancelReason.Limit);

    /// <param name="service">The service called.</param>
    /// <param name="direction"><see cref="ReasonKeys.Request"/> or <see cref="ReasonKeys.Response"/>.</param>
    /// <param name="pace">What was set.</param>
    public static CallFailure TooFast(RoutedService service, string direction, MessagePace pace) => new(
        new RouterStatus(StatusCode.ResourceExhausted, RouterReasons.MessageRate, $"The {direction} messages of the stream come faster than {pace.PerSecond} a second.")
            .With(ReasonKeys.Service, service.FullName)
            .With(ReasonKeys.Direction, direction)
            .With(ReasonKeys.Limit, pace.PerSecond.ToString(CultureInfo.InvariantCulture)),
        CancelReason.Limit);
}
