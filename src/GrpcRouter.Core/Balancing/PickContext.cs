namespace GrpcRouter;

/// <summary>What a pick may depend on.</summary>
/// <param name="Method">The method called.</param>
/// <param name="Attempt">0 for the first pick of a call; a further one follows when the channel picked could not take it.</param>
public readonly record struct PickContext(RoutedMethod Method, int Attempt);
