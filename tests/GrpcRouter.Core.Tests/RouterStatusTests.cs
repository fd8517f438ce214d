using Grpc.Core;
using GrpcRouter.Tests.Rpc;

namespace GrpcRouter.Core.Tests;

public sealed class RouterStatusTests
{
    [Theory]
    [InlineData("")]
    [InlineData("The instance went away ☺.")]
    public void Its_details_are_a_rich_status_with_one_error_info_of_the_router(string message)
    {
        RouterStatus status = new(StatusCode.Unavailable, RouterReasons.InstanceLost, message);

        GrpcRouter.Tests.Rpc.Status rich = GrpcRouter.Tests.Rpc.Status.Parser.ParseFrom(status.ToDetails());

        Assert.Equal(14, rich.Code);
        Assert.Equal(message, rich.Message);
        ErrorInfo info = Assert.Single(rich.Details).Unpack<ErrorInfo>();
        Assert.Equal((RouterReasons.InstanceLost, "grpcrouter"), (info.Reason, info.Domain));
        Assert.Empty(info.Metadata);
    }

    [Fact]
    public void What_it_is_about_is_in_the_metadata_of_the_error_info()
    {
        RouterStatus status = new RouterStatus(StatusCode.ResourceExhausted, RouterReasons.TooManyCalls, "Full.")
            .With(ReasonKeys.Service, "greet.Greeter")
            .With(ReasonKeys.Limit, "12");

        ErrorInfo info = GrpcRouter.Tests.Rpc.Status.Parser.ParseFrom(status.ToDetails()).Details.Single().Unpack<ErrorInfo>();

        Assert.Equal(RouterReasons.TooManyCalls, info.Reason);
        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal) { ["service"] = "greet.Greeter", ["limit"] = "12" },
            new SortedDictionary<string, string>(info.Metadata, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_reason_is_an_upper_case_constant_of_its_own()
    {
        string[] reasons = [.. typeof(RouterReasons).GetFields().Select(static field => (string)field.GetRawConstantValue()!)];

        Assert.NotEmpty(reasons);
        Assert.Equal(reasons.Length, reasons.Distinct(StringComparer.Ordinal).Count());

        // As google.rpc.ErrorInfo wants its reasons.
        Assert.All(reasons, static reason => Assert.Matches("^[A-Z][A-Z0-9_]+[A-Z0-9]$", reason));
    }
}
