using System.Globalization;
using GrpcRouter;
using GrpcRouter.Bench;

if (args.Length != 2 || !int.TryParse(args[0], out int port) || !int.TryParse(args[1], out int count) || count < 1)
{
    Console.Error.WriteLine("usage: Fleet ROUTER_PORT INSTANCES");
    return 2;
}

// Beside the connections: the runtime's own files.
const int OtherFiles = 256;
long limit = OpenFiles.Limit();
if (count + OtherFiles > limit)
{
    Console.Error.WriteLine($"Fleet: {count} connections need a limit of {count + OtherFiles} open files (ulimit -Hn); it is {limit}.");
    return 1;
}

// More handshakes at once only wait for each other, and overflow the router's queue of connections.
const int AtOnce = 64;
GreeterService service = new();
GreeterBridge[] bridges = new GreeterBridge[count];
await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (index, cancellation) =>
{
    BridgeOptions options = new() { InstanceId = string.Create(CultureInfo.InvariantCulture, $"fleet-{index}") };
    bridges[index] = new GreeterBridge(service, $"http://127.0.0.1:{port}", options);
    await bridges[index].StartAsync(cancellation);
});

Console.WriteLine($"{count} instances are registered.");
await Task.Delay(Timeout.Infinite);
return 0;
