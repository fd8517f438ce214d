using System.Globalization;
using GrpcRouter;
using GrpcRouter.Bench;

bool bare = args is ["--bare", ..];
string[] numbers = bare ? args[1..] : args;
if (numbers.Length != 2 || !int.TryParse(numbers[0], out int port) || !int.TryParse(numbers[1], out int count) || count < 1)
{
    Console.Error.WriteLine("""
        usage: Fleet ROUTER_PORT INSTANCES
               Fleet --bare SERVER_PORT STREAMS    opens a Chat stream on each of so many connections instead
        """);
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

// More handshakes at once only wait for each other, and overflow the server's queue of connections.
const int AtOnce = 64;
GreeterService service = new();
object[] connections = new object[count];
await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (index, cancellation) =>
{
    if (bare)
    {
        connections[index] = await OpenStream.StartAsync(port, cancellation);
        return;
    }

    BridgeOptions options = new() { InstanceId = string.Create(CultureInfo.InvariantCulture, $"fleet-{index}"), Stripes = 1 };
    GreeterBridge bridge = new(service, $"http://127.0.0.1:{port}", options);
    connections[index] = bridge;
    await bridge.StartAsync(cancellation);
});

HostStats.Listen();
Console.WriteLine(bare ? $"{count} streams are open." : $"{count} instances are registered.");
await Task.Delay(Timeout.Infinite);
GC.KeepAlive(connections);
return 0;
