using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;

namespace GrpcRouter.PackageTests;

public sealed class PackageTests(PackageWork work)
{
    [Fact]
    public void An_installed_package_generates_and_compiles_and_runs()
    {
        work.Write("consumer/greet.proto", """
            syntax = "proto3";
            package greet;
            import "grpcrouter/v1/options.proto";
            message Hello { string name = 1; }
            service Greeter {
              rpc SayHello (Hello) returns (Hello) {
                option idempotency_level = NO_SIDE_EFFECTS;
                option (grpcrouter.v1.method_number) = 20000;
                option (grpcrouter.v1.method_policy) = {
                  load_balancing { policy: "round_robin" }
                  retry { max_attempts: 4 max_backoff { seconds: 2 } retryable_status_codes: UNAVAILABLE }
                };
              }
            }
            """);
        work.Write("consumer/Program.cs", """
            using System.Reflection;
            using Greet;
            using Grpc.Core;
            using GrpcRouter;

            var frame = new GreeterRouterFrame { SayHello = new Hello { Name = "Ada" } };
            var options = new ServicePolicyOptions();
            using var hub = new RouterHub(new RouterOptions());
            typeof(GreeterRouter).GetMethod("DeclarePolicy", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(hub.GetRouter<GreeterRouter>(), [options]);
            var policy = options.Methods["SayHello"];
            Console.WriteLine($"{policy.Idempotency} {policy.LoadBalancing.Policy} {policy.Retry.MaxAttempts} {policy.Retry.MaxBackoff} {policy.Retry.RetryableStatusCodes[0]}");
            Console.WriteLine($"{(int)frame.RequestCase} {GreeterRouter.Service} {typeof(GreeterBridge).BaseType!.FullName} {new Echo()}");

            internal sealed class Echo : Greeter.GreeterBase
            {
                public override Task<Hello> SayHello(Hello request, ServerCallContext context) => Task.FromResult(request);
            }
            """);
        work.Write("consumer/consumer.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <EnableDefaultProtobufItems>true</EnableDefaultProtobufItems>
                <UseSharedCompilation>false</UseSharedCompilation>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="GrpcRouter" Version="{PackageWork.Version}" />
              </ItemGroup>
            </Project>
            """);

        work.Dotnet("consumer", "build");

        Assert.Equal("NoSideEffects round_robin 4 00:00:02 Unavailable\n20000 greet.Greeter GrpcRouter.ServiceBridge Echo", work.Dotnet("consumer", "bin/Debug/net10.0/consumer.dll").Trim());

        // The schema of the settings reaches the project through the packages.
        JsonElement schema = JsonDocument.Parse(work.Dotnet("consumer", "msbuild", "-getItem:JsonSchemaSegment")).RootElement.GetProperty("Items").GetProperty("JsonSchemaSegment")
            .EnumerateArray().Single(static item => item.GetProperty("Filename").GetString() == "grpcrouter.schema");
        Assert.Equal(@"appsettings\..*json", schema.GetProperty("FilePathPattern").GetString());
        Assert.True(File.Exists(schema.GetProperty("FullPath").GetString()));
    }

    [Fact]
    public void The_package_holds_the_generator_the_task_the_targets_the_protos_and_the_pages()
    {
        using var package = ZipFile.OpenRead(work.Package("GrpcRouter"));
        var files = package.Entries.Select(entry => entry.FullName).ToHashSet(StringComparer.Ordinal);

        string[] expected =
        [
            "analyzers/dotnet/cs/GrpcRouter.Generators.dll", "analyzers/dotnet/cs/GrpcRouter.Schema.dll",
            "tasks/GrpcRouter.Build.dll", "tasks/GrpcRouter.Schema.dll", "tasks/Google.Protobuf.dll",
            "build/GrpcRouter.props", "build/GrpcRouter.targets",
            "buildTransitive/GrpcRouter.props", "buildTransitive/GrpcRouter.targets",
            "buildMultiTargeting/GrpcRouter.props", "buildMultiTargeting/GrpcRouter.targets",
            "protos/grpcrouter/v1/control.proto", "protos/grpcrouter/v1/options.proto",
            "docs/diagnostics/GRPCR001.md",
        ];
        Assert.Empty(expected.Except(files, StringComparer.Ordinal));
        Assert.DoesNotContain(files, file => file.StartsWith("lib/", StringComparison.Ordinal));
    }

    [Fact]
    public void No_package_has_an_id_that_belongs_to_grpc()
    {
        Assert.All(work.Packages, package => Assert.StartsWith("GrpcRouter", Path.GetFileName(package), StringComparison.Ordinal));
    }

    [Fact]
    public void Packages_depend_on_the_official_libraries_and_on_each_other_at_their_own_version()
    {
        Assert.Contains("Grpc.Net.Client", Dependencies("GrpcRouter.Client").Keys);
        Assert.Contains("Grpc.Core.Api", Dependencies("GrpcRouter.Protocol").Keys);

        string[] expected = ["Google.Protobuf", "Grpc.Tools", "GrpcRouter.AspNetCore", "GrpcRouter.Bridge", "GrpcRouter.Client"];
        var dependencies = Dependencies("GrpcRouter");
        Assert.Equal(expected, dependencies.Keys.Order(StringComparer.Ordinal));
        Assert.All(dependencies.Where(dependency => dependency.Key.StartsWith("GrpcRouter", StringComparison.Ordinal)), dependency => Assert.Equal(PackageWork.Version, dependency.Value));
    }

    private Dictionary<string, string> Dependencies(string id)
    {
        using var package = ZipFile.OpenRead(work.Package(id));
        using var specification = package.GetEntry($"{id}.nuspec")!.Open();
        return XDocument.Load(specification).Descendants()
            .Where(element => element.Name.LocalName == "dependency")
            .ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value, StringComparer.Ordinal);
    }
}
