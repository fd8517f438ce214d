namespace GrpcRouter;

/// <summary>What is wrong with a file, out of what its provider wraps it in.</summary>
internal static class ConfigurationError
{
    public static string Innermost(Exception error)
    {
        while (error.InnerException is { } inner)
        {
            error = inner;
        }

        return error.Message;
    }
}
