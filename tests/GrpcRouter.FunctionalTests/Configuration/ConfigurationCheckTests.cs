using Microsoft.Extensions.Configuration;

namespace GrpcRouter.FunctionalTests;

/// <summary>A configuration that is checked without a router.</summary>
public sealed class ConfigurationCheckTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    [Fact]
    public void All_that_is_wrong_is_found_by_its_path()
    {
        IConfiguration configuration = new ConfigurationBuilder().Add(new ChangingSource(
            ("MaxMesageSize", "1"), ("CallWindow", "1"), ("MaxFrameSize", "much"), ("Services:a.A:LoadBalancing:Policy", "mine"), ("Audit:QueueLimit", "1"))).Build();

        Assert.Equal(
            [
                "GrpcRouter:Audit:QueueLimit must be 100 to 1,000,000; it is 1.",
                "GrpcRouter:CallWindow must be 16,384 or more; it is 1.",
                "GrpcRouter:MaxFrameSize must be a whole number within its range; it is 'much'.",
                "GrpcRouter:MaxMesageSize is no option; did you mean MaxMessageSize?",
                "GrpcRouter:Services:a.A:LoadBalancing:Policy must be one of instance, least_request, maglev, peak_ewma, power_of_two, random, ring_hash, round_robin, weighted_round_robin; it is mine.",
            ],
            GrpcRouterConfiguration.Validate(configuration.GetSection("GrpcRouter")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Policies_of_the_application_are_known_by_name()
    {
        IConfiguration configuration = new ConfigurationBuilder().Add(new ChangingSource(("Defaults:LoadBalancing:Policy", "mine"))).Build();

        Assert.NotEmpty(GrpcRouterConfiguration.Validate(configuration.GetSection("GrpcRouter")));
        Assert.Empty(GrpcRouterConfiguration.Validate(configuration.GetSection("GrpcRouter"), ["mine"]));
    }

    [Theory]
    [InlineData("""{ "GrpcRouter": { "MaxMetadataSize": 1024 } }""", null)]
    [InlineData("""{ "Logging": {} }""", null)]
    [InlineData("""{ "GrpcRouter": { "MaxMetadataSize": -1 } }""", "GrpcRouter:MaxMetadataSize must be 0 or more; it is -1.")]
    public void A_file_is_checked(string text, string? error)
    {
        File.WriteAllText(file, text);

        Assert.Equal(error is null ? [] : [error], GrpcRouterConfiguration.ValidateJsonFile(file));
    }

    [Fact]
    public void Another_section_of_a_file_is_checked()
    {
        File.WriteAllText(file, """{ "GrpcRouter": { "Nonsense": 1 }, "Edge": { "Router": { "CallWindw": 1 } } }""");

        Assert.Equal(["Edge:Router:CallWindw is no option; did you mean CallWindow?"], GrpcRouterConfiguration.ValidateJsonFile(file, "Edge:Router"));
    }

    [Fact]
    public void A_file_that_is_no_JSON_is_one_error()
    {
        File.WriteAllText(file, """{ "GrpcRouter": """);

        Assert.StartsWith($"{Path.GetFileName(file)} cannot be read: ", Assert.Single(GrpcRouterConfiguration.ValidateJsonFile(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_no_error_of_the_configuration() =>
        Assert.Throws<FileNotFoundException>(() => GrpcRouterConfiguration.ValidateJsonFile(file + ".gone"));

    public void Dispose() => File.Delete(file);
}
