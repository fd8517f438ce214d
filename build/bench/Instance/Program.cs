using GrpcRouter.Bench;

if (args.Length != 1 || !int.TryParse(args[0], out int port))
{
    Console.Error.WriteLine("usage: Instance ROUTER_PORT");
    return 2;
}

await using GreeterBridge bridge = new(new GreeterService(), $"http://127.0.0.1:{port}");
await bridge.StartAsync();
await Task.Delay(Timeout.Infinite);
return 0;
