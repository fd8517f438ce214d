using System.Runtime.InteropServices;

namespace GrpcRouter.Chaos;

/// <summary>Signals to processes that the runner started.</summary>
internal static class Signals
{
    private const int SigTerm = 15;

    public static void Terminate(int processId)
    {
        if (Kill(processId, SigTerm) != 0)
        {
            throw new ChaosException($"kill({processId}, SIGTERM) failed with error {Marshal.GetLastPInvokeError()}.");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);
}
