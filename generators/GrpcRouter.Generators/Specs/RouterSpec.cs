using GrpcRouter.Schema;

namespace GrpcRouter.Generators.Specs;

// Everything the router's source depends on. Equal specs give equal source, so a spec has value equality in all its parts,
// and neither symbols nor positions.
internal sealed record RouterSpec(string HintName, ServiceSpec Service, EquatableArray<RouteSpec> Routes, EquatableArray<PolicySpec> Policies);
