namespace GrpcRouter.Chaos;

internal static class RandomExtensions
{
    public static T Among<T>(this Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
