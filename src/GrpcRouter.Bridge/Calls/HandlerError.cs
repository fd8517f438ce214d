using System.Text;

namespace GrpcRouter;

/// <summary>What a client is told about an exception of a handler.</summary>
internal static class HandlerError
{
    private const string Plain = "Exception was thrown by handler.";

    /// <summary>The status message; types and messages of the exceptions only when details are on, the stack never.</summary>
    public static string Describe(Exception error, bool detailed)
    {
        if (!detailed)
        {
            return Plain;
        }

        StringBuilder text = new(Plain);
        for (Exception? current = error; current is not null; current = current.InnerException)
        {
            text.Append(' ').Append(current.GetType().Name).Append(": ").Append(current.Message);
        }

        return text.ToString();
    }
}
