using System.Text.Json.Nodes;
using GrpcRouter.Config;

namespace GrpcRouter.RepositoryTests;

/// <summary>What is written of the options is what they are.</summary>
public sealed class ConfigurationTests
{
    private const string HowTo = "Run build/config/run.";

    private static readonly OptionModel Model = OptionModel.Read();

    [Fact]
    public void The_schema_is_that_of_the_options() =>
        Assert.True(SchemaFile.Write(Model) == Repository.Read(SchemaFile.Path), $"{SchemaFile.Path} is not what the options are. {HowTo}");

    [Fact]
    public void The_tables_are_those_of_the_options()
    {
        string committed = Repository.Read(ConfigurationDocument.Path);

        Assert.True(ConfigurationDocument.Write(committed, Model) == committed, $"{ConfigurationDocument.Path} is not what the options are. {HowTo}");
    }

    [Fact]
    public void Every_option_and_every_group_says_what_it_is_for()
    {
        Assert.Empty(Model.Groups.Where(static group => group.Summary.Length == 0).Select(static group => group.Name));
        Assert.Empty(
            from @group in Model.Groups
            from option in @group.Options
            where option.Summary.Length == 0
            select $"{@group.Name}:{option.Info.Name}");
    }

    [Fact]
    public void Every_option_that_sounds_like_a_secret_is_marked_as_one()
    {
        string[] secrets = ["Password", "Secret", "PrivateKey"];
        Assert.Empty(
            from @group in Model.Groups
            from option in @group.Options
            where option.Info.Kind == OptionKind.Value && OptionType.Bare(option.Info.Type) == typeof(string) && !option.Info.IsSensitive
                && secrets.Any(secret => option.Info.Name.EndsWith(secret, StringComparison.Ordinal))
            select $"{@group.Name}:{option.Info.Name}");
    }

    [Fact]
    public void Rules_of_the_validation_are_found()
    {
        Assert.Equal("1 to 5", Rule("Retry", "MaxAttempts"));
        Assert.Equal("16,384 or more", Rule("Router", "CallWindow"));
        Assert.Equal("positive", Rule("CallPolicy", "Timeout"));
        Assert.Equal("100 to 1,000,000", Rule("Audit", "QueueLimit"));

        static string Rule(string group, string option) => Model.Groups.Single(model => model.Name == group).Options.Single(entry => entry.Info.Name == option).Rule;
    }

    [Theory]
    [InlineData("""{ "GrpcRouter": { "CallWindow": 65536, "Services": { "a.A": { "Timeout": "00:00:02.5", "Methods": { "B": { "Idempotency": "Idempotent", "Retry": { "MaxAttempts": 5, "RetryableStatusCodes": [ "Unavailable" ] } } } } } } }""", null)]
    [InlineData("""{ "Logging": {}, "GrpcRouter": { "Defaults": { "WaitForReady": true, "Locality": { "Overprovisioning": 1.5, "Zone": null } } } }""", null)]
    [InlineData("""{ "GrpcRouter": { "CalWindow": 65536 } }""", "GrpcRouter:CalWindow")]
    [InlineData("""{ "GrpcRouter": { "CallWindow": "much" } }""", "GrpcRouter:CallWindow")]
    [InlineData("""{ "GrpcRouter": { "CallWindow": 1 } }""", "GrpcRouter:CallWindow")]
    [InlineData("""{ "GrpcRouter": { "Services": { "a.A": { "Methods": { "B": { "Retry": { "MaxAttempts": 6 } } } } } } }""", "GrpcRouter:Services:a.A:Methods:B:Retry:MaxAttempts")]
    [InlineData("""{ "GrpcRouter": { "Defaults": { "Timeout": "2s" } } }""", "GrpcRouter:Defaults:Timeout")]
    [InlineData("""{ "GrpcRouter": { "Defaults": { "Idempotency": "Safe" } } }""", "GrpcRouter:Defaults:Idempotency")]
    [InlineData("""{ "GrpcRouter": { "Defaults": { "Retry": { "RetryableStatusCodes": [ "Gone" ] } } } }""", "GrpcRouter:Defaults:Retry:RetryableStatusCodes:0")]
    [InlineData("""{ "GrpcRouter": { "Defaults": 1 } }""", "GrpcRouter:Defaults")]
    public void The_schema_takes_what_is_right_and_marks_what_is_wrong(string settings, string? wrong)
    {
        SchemaWalk walk = new(JsonNode.Parse(Repository.Read(SchemaFile.Path))!.AsObject());

        Assert.Equal(wrong is null ? [] : [wrong], walk.FindErrors(JsonNode.Parse(settings)));
    }
}
