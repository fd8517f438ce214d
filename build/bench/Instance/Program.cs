using System.Globalization;
using GrpcRouter.Bench;

int count = 1;
if (args.Length is not (1 or 2)
    || !int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out int port)
    || (args.Length == 2 && !int.TryParse(args[1], NumberStyles.None, CultureInfo.InvariantCulture, out count)))
{
    Console.Error.WriteLine("usage: Instance ROUTER_PORT [COUNT]");
    return 2;
}

List<GreeterBridge> bridges = [];
for (int i = 0; i < count; i++)
{
    bridges.Add(new GreeterBridge(new GreeterService(), $"http://127.0.0.1:{port}"));
}

HostStats.Listen();
await Task.WhenAll(bridges.Select(bridge => bridge.StartAsync()));
Console.WriteLine($"{count} instances are registered.");
await Task.Delay(Timeout.Infinite);
return 0;
