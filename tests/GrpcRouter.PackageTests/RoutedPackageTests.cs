using System.Net;
using System.Net.Sockets;
using GrpcRouter.Tests;

namespace GrpcRouter.PackageTests;

/// <summary>Projects outside the repository that have nothing but the package, a .proto and the code of the README and the samples.</summary>
public sealed class RoutedPackageTests(PackageWork work)
{
    [Fact]
    public async Task The_lines_of_the_readme_route_calls_of_every_kind()
    {
        var port = FreePort();
        work.CopyProject("Everything", port, ("samples/Quickstart", "greet.proto"), ("samples/Quickstart", "GreeterService.cs"));
        work.Dotnet("Everything", "build");

        using var program = Start("Everything", "--urls", $"http://localhost:{port}");
        Assert.True(await program.WaitForExit() == 0, program.Transcript);

        string[] expected = ["unary: Hello Ada", "client streaming: Hello Barbara, Charles", "server streaming: Hello Donald, 1", "duplex streaming: Hello Edsger, False"];
        Assert.Equal(expected, program.Transcript.Split('\n').Where(line => line.Contains(": Hello", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Router_instance_and_client_need_only_their_part_of_the_generated_code()
    {
        work.CopyProject("RouterOnly", port: null, ("samples/RouterHost", "Program.cs"), ("samples/Quickstart", "greet.proto"));
        work.CopyProject("InstanceOnly", port: null, ("samples/GreeterInstance", "Program.cs"), ("samples/Quickstart", "GreeterService.cs"), ("samples/Quickstart", "greet.proto"));
        work.CopyProject("ClientOnly", port: null, ("samples/Quickstart", "greet.proto"));
        foreach (var project in (string[])["RouterOnly", "InstanceOnly", "ClientOnly"])
        {
            work.Dotnet(project, "build");
        }

        using var router = Start("RouterOnly", "--urls", "http://127.0.0.1:0");
        var address = await router.WaitFor(@"Now listening on: (http://\S+)");
        using var instance = Start("InstanceOnly", "--router", address);
        await instance.WaitFor("Registered greet.Greeter");
        using var client = Start("ClientOnly", address);

        Assert.True(await client.WaitForExit() == 0, client.Transcript);
        Assert.Equal("Hello Ada", client.Transcript);
    }

    private ChildProcess Start(string project, params string[] arguments) =>
        ChildProcess.Start(work.PathOf($"{project}/bin/Debug/net10.0/{project}.dll"), arguments);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
