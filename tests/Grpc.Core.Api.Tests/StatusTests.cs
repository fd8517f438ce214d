namespace Grpc.Core.Api.Tests;

public sealed class StatusTests
{
    [Fact]
    public void The_ready_made_statuses_have_no_text()
    {
        Assert.Equal(StatusCode.OK, Status.DefaultSuccess.StatusCode);
        Assert.Equal("", Status.DefaultSuccess.Detail);
        Assert.Equal(StatusCode.Cancelled, Status.DefaultCancelled.StatusCode);
        Assert.Equal("", Status.DefaultCancelled.Detail);
    }

    [Fact]
    public void A_status_reads_well() =>
        Assert.Equal("Status(StatusCode=\"NotFound\", Detail=\"no such user\")", new Status(StatusCode.NotFound, "no such user").ToString());

    [Fact]
    public void A_status_names_the_error_behind_it()
    {
        Status status = new(StatusCode.Internal, "failed", new InvalidOperationException("why"));

        Assert.Contains("System.InvalidOperationException: why", status.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_codes_have_the_numbers_of_the_wire() =>
        Assert.Equal(Enumerable.Range(0, 17), Enum.GetValues<StatusCode>().Select(code => (int)code).Order());

    [Fact]
    public void An_error_carries_status_trailers_and_cause()
    {
        InvalidOperationException cause = new("why");
        Metadata trailers = new() { { "k", "v" } };
        RpcException error = new(new Status(StatusCode.Aborted, "conflict", cause), trailers);

        Assert.Equal(StatusCode.Aborted, error.StatusCode);
        Assert.Equal("conflict", error.Status.Detail);
        Assert.Same(trailers, error.Trailers);
        Assert.Same(cause, error.InnerException);
        Assert.Equal(error.Status.ToString(), error.Message);
    }

    [Fact]
    public void An_error_without_trailers_has_empty_ones() =>
        Assert.Empty(new RpcException(Status.DefaultCancelled, "given up").Trailers);

    [Fact]
    public void An_error_may_have_a_message_of_its_own() =>
        Assert.Equal("given up", new RpcException(Status.DefaultCancelled, "given up").Message);
}
