using Grpc.Core;

namespace GrpcRouter;

/// <summary>How a call ended.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Trailers">Its trailers.</param>
/// <param name="GivenUpHere">Whether this side gave it up: by token, deadline or disposal.</param>
/// <param name="Token">The token it was given up by.</param>
internal sealed record CallResult(Status Status, Metadata Trailers, bool GivenUpHere = false, CancellationToken Token = default)
{
    public bool IsOk => Status.StatusCode == StatusCode.OK;

    public static CallResult GivenUp(StatusCode code, string detail, CancellationToken token = default) =>
        new(new(code, detail), [], GivenUpHere: true, token);

    public Exception ToException(bool throwsOperationCanceled)
    {
        RpcException error = new(Status, Trailers);
        return GivenUpHere && throwsOperationCanceled ? new OperationCanceledException(Status.Detail, error, Token) : error;
    }
}
