using GrpcRouter.Generators.Diagnostics;
using GrpcRouter.Schema;

namespace GrpcRouter.Generators.Specs;

// All models of the project, linked: what to emit, by full name of the service, and what is wrong, by position.
internal sealed record SchemaSpec(EquatableArray<RouterSpec> Routers, EquatableArray<BridgeSpec> Bridges, EquatableArray<Problem> Problems);
