namespace GrpcRouter.Chaos;

internal static class ScenarioCatalog
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new KillInstance(),
        new RestartInstance(),
        new FreezeInstance(),
        new SlowInstance(),
        new CutLink(),
        new RollInstances(),
        new ThousandReconnects(),
        new KillRouter(),
        new KillRouterOfTwo(),
        new RollRouters(),
        new Storm(),
    ];

    public static Scenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);
}
