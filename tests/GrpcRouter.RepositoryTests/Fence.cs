namespace GrpcRouter.RepositoryTests;

/// <param name="Line">The line of the opening fence, from 1.</param>
/// <param name="Language">What follows the backticks.</param>
/// <param name="Above">The line before the fence.</param>
/// <param name="Lines">The lines between the fences.</param>
internal sealed record Fence(int Line, string Language, string Above, string[] Lines);
