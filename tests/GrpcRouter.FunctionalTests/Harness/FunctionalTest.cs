namespace GrpcRouter.FunctionalTests;

/// <summary>Starts rigs for a test and takes them down after it, so that what the test found is not hidden by what was left over.</summary>
public abstract class FunctionalTest : IAsyncDisposable
{
    private readonly List<Rig> rigs = [];

    private protected async Task<Rig> StartAsync(RigOptions? options = null)
    {
        Rig rig = await Rig.StartAsync(options ?? new RigOptions());
        rigs.Add(rig);
        return rig;
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (Rig rig in rigs)
        {
            await rig.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
