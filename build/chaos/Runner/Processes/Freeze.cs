using System.Diagnostics;
using System.Globalization;

namespace GrpcRouter.Chaos;

/// <summary>
/// A stopped process. A shell stops it and lets it go on when its input ends: also when the runner is killed, because a stopped process cannot
/// notice that by itself.
/// </summary>
internal sealed class Freeze : IAsyncDisposable
{
    private readonly Process shell;

    private Freeze(Process shell) => this.shell = shell;

    public static async Task<Freeze> StopAsync(int processId)
    {
        string id = processId.ToString(CultureInfo.InvariantCulture);
        ProcessStartInfo start = new("sh", ["-c", "kill -STOP $0 && echo stopped; read line; kill -CONT $0", id])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process shell = Process.Start(start) ?? throw new ChaosException("sh did not start.");
        Freeze freeze = new(shell);
        if (await shell.StandardOutput.ReadLineAsync() != "stopped")
        {
            await freeze.DisposeAsync();
            throw new ChaosException($"Process {id} could not be stopped.");
        }

        return freeze;
    }

    /// <summary>Lets the process go on.</summary>
    public async ValueTask DisposeAsync()
    {
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
    }
}
