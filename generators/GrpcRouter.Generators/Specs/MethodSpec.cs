namespace GrpcRouter.Generators.Specs;

internal sealed record MethodSpec(RouteSpec Route, string CSharpName, string RequestType, string ResponseType);
