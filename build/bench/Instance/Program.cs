using System.Globalization;
using GrpcRouter;
using GrpcRouter.Bench;

string? authority = args is ["--trust", var file, ..] ? file : null;
args = authority is null ? args : args[2..];
int[] numbers = [.. args.Select(static argument => int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)];
if (numbers.Length is < 1 or > 3 || numbers.Contains(0))
{
    Console.Error.WriteLine("usage: Instance [--trust AUTHORITY.pem] ROUTER_PORT [COUNT [STRIPES]]");
    return 2;
}

int port = numbers[0];
int count = numbers.ElementAtOrDefault(1) is var given and > 0 ? given : 1;
List<GreeterBridge> bridges = [];
for (int i = 0; i < count; i++)
{
    BridgeOptions options = new() { Tls = { Trust = { Path = authority } } };
    if (numbers.Length == 3)
    {
        options.Stripes = numbers[2];
    }

    bridges.Add(new GreeterBridge(new GreeterService(), $"{(authority is null ? "http" : "https")}://127.0.0.1:{port}", options));
}

HostStats.Listen();
await Task.WhenAll(bridges.Select(bridge => bridge.StartAsync()));
Console.WriteLine($"{count} instances are registered.");
await Task.Delay(Timeout.Infinite);
return 0;
