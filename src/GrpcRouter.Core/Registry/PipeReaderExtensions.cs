using System.IO.Pipelines;

namespace GrpcRouter;

internal static class PipeReaderExtensions
{
    /// <summary>Lets a pending read return. A reader whose stream is gone has none: it refuses, and the reader's loop has ended with it.</summary>
    public static void Wake(this PipeReader reader)
    {
        try
        {
            reader.CancelPendingRead();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
        }
    }
}
