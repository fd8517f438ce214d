using GrpcRouter.Schema;

namespace GrpcRouter.Generators.Specs;

// Everything the bridge's source depends on; see RouterSpec. With a router in the same project the bridge takes the table of
// routes from it.
internal sealed record BridgeSpec(string HintName, ServiceSpec Service, bool HasRouter, EquatableArray<MethodSpec> Methods);
