namespace GrpcRouter.Build.Tests;

public sealed class NameCollisionsTests
{
    private const string Greeter = "service Greeter { rpc Say (M) returns (M); }\nmessage M {}\n";

    [Theory]
    [InlineData("message GreeterRouterFrame {}", "greet.GreeterRouterFrame", "the message in a.proto")]
    [InlineData("enum E { GreeterInstanceFrame = 0; }", "greet.GreeterInstanceFrame", "the enum value in a.proto")]
    [InlineData("service GreeterRouter {}", "greet.GreeterRouter", "the service in a.proto")]
    [InlineData("message GreeterBridge {}", "global::Greet.GreeterBridge", "the message in a.proto")]
    public void A_name_that_the_user_has_is_refused_at_the_service(string declaration, string name, string holder)
    {
        using var reading = new ProtoReading();
        var file = reading.Add("a.proto", $"syntax = \"proto3\"; package greet;\n{Greeter}{declaration}");

        var diagnostic = Assert.Single(Find(file));

        Assert.Equal((DiagnosticIds.NameCollision, 2, 9), (diagnostic.Id, diagnostic.Span.Line, diagnostic.Span.Column));
        Assert.StartsWith("Service 'greet.Greeter' needs the ", diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains($"'{name}'", diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains(holder, diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_of_a_bridge_is_free_where_no_bridge_is_generated()
    {
        using var reading = new ProtoReading();
        var file = reading.Add("a.proto", $"syntax = \"proto3\"; package greet;\n{Greeter}message GreeterBridge {{}}");

        Assert.Empty(NameCollisions.Find([(file, new RouterTargets(Router: true, Bridge: false))]));
    }

    [Fact]
    public void Another_file_of_the_project_may_hold_the_name()
    {
        using var reading = new ProtoReading();
        var file = reading.Add("a.proto", $"syntax = \"proto3\"; package greet;\n{Greeter}");
        var other = reading.Add("b.proto", "syntax = \"proto3\"; package greet; message GreeterRouterFrame {}");

        Assert.Contains("b.proto", Assert.Single(Find(file, other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Packages_apart_may_meet_in_csharp()
    {
        using var reading = new ProtoReading();
        var file = reading.Add("a.proto", $"syntax = \"proto3\"; package greet;\n{Greeter}");
        var other = reading.Add("b.proto", "syntax = \"proto3\"; package other; option csharp_namespace = \"Greet\"; message GreeterRouter {}");

        Assert.Contains("'global::Greet.GreeterRouter'", Assert.Single(Find(file, other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_holds_its_name()
    {
        using var reading = new ProtoReading();
        var file = reading.Add("a.proto", $"syntax = \"proto3\"; package greet;\n{Greeter}");
        var other = reading.Add("b.proto", "syntax = \"proto3\"; package greet.GreeterRouter; message X {}");

        Assert.Contains("the package of b.proto", Assert.Single(Find(file, other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_named_like_the_generated_one_is_refused_when_their_descriptor_classes_meet()
    {
        using var reading = new ProtoReading();
        var file = reading.Add("a.proto", $"syntax = \"proto3\"; package greet;\n{Greeter}");
        var other = reading.Add("a_router.proto", "syntax = \"proto3\"; package greet; message X {}");

        Assert.Contains("ARouterReflection", Assert.Single(Find(file, other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_names_in_packages_apart_are_no_collision()
    {
        using var reading = new ProtoReading();
        var file = reading.Add("a.proto", $"syntax = \"proto3\"; package greet;\n{Greeter}");
        var other = reading.Add("b.proto", $"syntax = \"proto3\"; package other;\n{Greeter}message GreeterX {{}}");

        Assert.Empty(Find(file, other));
    }

    private static IReadOnlyList<ProtoDiagnostic> Find(params RoutedFile[] files) =>
        NameCollisions.Find([.. files.Select(file => (file, new RouterTargets(Router: true, Bridge: true)))]);
}
