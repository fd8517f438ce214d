namespace GrpcRouter.Build;

// Path: the field numbers that lead from the policy to the field that is wrong.
internal sealed record PolicyProblem(string Id, IReadOnlyList<int> Path, string Message);
