using GrpcRouter.Schema;

namespace GrpcRouter.Generators.Specs;

internal sealed record RouteSpec(string Name, MethodKind Kind, int Number);
