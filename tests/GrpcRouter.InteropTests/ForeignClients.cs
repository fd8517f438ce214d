using System.Reflection;
using GrpcRouter.InteropTests;
using GrpcRouter.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(ForeignClients))]

namespace GrpcRouter.InteropTests;

/// <summary>A router, an instance behind it, and one run of each client against them.</summary>
public sealed class ForeignClients : IAsyncLifetime
{
    /// <summary>Above what the clients send and expect as it is, below what they send and expect compressed.</summary>
    private const int RouterLimit = 6 * 1024 * 1024;

    private static readonly string Folder = typeof(ForeignClients).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Clients").Value!;

    private readonly Dictionary<string, ForeignClient> clients = new(StringComparer.Ordinal);
    private readonly ApiKey apiKey = ApiKey.Create();
    private RouterTestHost? router;
    private InteropBridge? bridge;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        router = await RouterTestHost.StartAsync<InteropRouter>(new RouterTestHostOptions
        {
            Router = options =>
            {
                options.MaxMessageSize = RouterLimit;
                var key = new ApiKeyOptions();
                key.Secrets.Add(apiKey.Hash);
                options.ApiKeys["foreigner"] = key;
            },
            Builder = static builder =>
            {
                builder.Services.AddGrpcRouter().AddApiKeys();
                builder.Services.AddAuthorization();
            },
            Application = static app =>
            {
                app.MapGrpcRouter<AbsentRouter>();
                app.MapGrpcRouter<GuardedRouter>().Calls.RequireAuthorization(
                    static policy => policy.AddAuthenticationSchemes(ApiKeyDefaults.AuthenticationScheme).RequireClaim("tier", "gold"));
                app.MapGrpcRouterHealth();
            },
        });
        bridge = new InteropBridge(new InteropService(), router.Address, new BridgeOptions { MaxReceiveMessageSize = null });
        await bridge.StartAsync(TestContext.Current.CancellationToken);

        var address = $"127.0.0.1:{router.Port}";
        var node = RunNodeAsync(address, apiKey.Token);
        var python = ForeignClient.RunAsync(Path.Combine(Folder, "python"), await FindPythonAsync(), "interop.py", address, apiKey.Token);
        clients.Add("node", await node);
        clients.Add("python", await python);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (bridge is not null)
        {
            await bridge.DisposeAsync();
        }

        if (router is not null)
        {
            await router.DisposeAsync();
        }
    }

    internal ForeignClient Get(string name) => clients[name];

    private static async Task<ForeignClient> RunNodeAsync(string address, string token)
    {
        var folder = Path.Combine(Folder, "node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            await ForeignClient.RunAsync(folder, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error");
        }

        return await ForeignClient.RunAsync(folder, "node", "interop.js", address, token);
    }

    // Often there are several, and the one found first by name lacks what the system's packages brought.
    private static async Task<string> FindPythonAsync()
    {
        string[] candidates = [Environment.GetEnvironmentVariable("GRPCROUTER_PYTHON") ?? "", "/usr/bin/python3", "/usr/local/bin/python3", "python3"];
        foreach (var python in candidates.Where(python => python.Length > 0 && (!Path.IsPathRooted(python) || File.Exists(python))))
        {
            if (await ForeignClient.SucceedsAsync(python, "-c", "import grpc"))
            {
                return python;
            }
        }

        throw new InvalidOperationException("No python3 can import grpc. bash build/test installs it where apt-get is available.");
    }
}
