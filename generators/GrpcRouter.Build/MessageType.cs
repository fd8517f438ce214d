namespace GrpcRouter.Build;

internal readonly record struct MessageType(string CSharpName, string ImportName);
