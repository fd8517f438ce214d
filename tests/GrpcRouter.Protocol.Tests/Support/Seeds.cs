namespace GrpcRouter.Protocol.Tests;

/// <summary>Runs a property for many seeds; a failure names the seed that shows it.</summary>
internal static class Seeds
{
    public static void ForEach(int count, Action<Random> property)
    {
        for (var seed = 0; seed < count; seed++)
        {
            try
            {
                property(new Random(seed));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {seed}: {error.Message}", error);
            }
        }
    }
}
