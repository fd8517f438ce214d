using GrpcRouter.Schema;

namespace GrpcRouter.Build.Tests;

public sealed class MethodNumberingTests
{
    [Fact]
    public void Adding_removing_and_reordering_methods_moves_no_number()
    {
        var before = Numbers("rpc A (M) returns (M); rpc B (M) returns (M); rpc C (M) returns (M);");
        var after = Numbers("rpc C (M) returns (M); rpc D (M) returns (M); rpc A (M) returns (M);");

        Assert.Equal(before["A"], after["A"]);
        Assert.Equal(before["C"], after["C"]);
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(536_870_911)]
    public void An_option_pins_a_number(int number) =>
        Assert.Equal(number, Numbers($"rpc A (M) returns (M) {{ option (grpcrouter.v1.method_number) = {number}; }}")["A"]);

    [Theory]
    [InlineData(0u)]
    [InlineData(19_999u)]
    [InlineData(536_870_912u)]
    [InlineData(uint.MaxValue)]
    public void A_pin_outside_the_range_is_refused_at_the_option(uint number)
    {
        var diagnostic = Assert.Single(Diagnostics($"rpc A (M) returns (M) {{\n    option (grpcrouter.v1.method_number) = {number};\n}}"));

        Assert.Equal(DiagnosticIds.NumberOutOfRange, diagnostic.Id);
        Assert.Equal((6, 5), (diagnostic.Span.Line, diagnostic.Span.Column));
        Assert.Contains($"'A' of service 'p.S' has the number {number};", diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_give_the_same_number_are_refused_at_the_second_one()
    {
        var diagnostic = Assert.Single(Diagnostics("rpc FindItemStream (M) returns (M);\nrpc ReadSessionBatch (M) returns (M);"));

        Assert.Equal(DiagnosticIds.NumberCollision, diagnostic.Id);
        Assert.Equal(new SourceSpan(6, 5, 6, 21), diagnostic.Span);
        Assert.Contains("'FindItemStream' and 'ReadSessionBatch'", diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains("1427657", diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains("option (grpcrouter.v1.method_number)", diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pin_cures_a_collision() => Assert.Empty(Diagnostics(
        "rpc FindItemStream (M) returns (M); rpc ReadSessionBatch (M) returns (M) { option (grpcrouter.v1.method_number) = 20001; }"));

    [Fact]
    public void A_pin_may_collide_with_a_derived_number() => Assert.Equal(DiagnosticIds.NumberCollision, Assert.Single(Diagnostics(
        "rpc SayHello (M) returns (M); rpc Other (M) returns (M) { option (grpcrouter.v1.method_number) = 2526808; }")).Id);

    [Fact]
    public void Two_services_may_use_the_same_number() => Assert.Empty(Diagnostics(
        "rpc SayHello (M) returns (M); } service T { rpc SayHello (M) returns (M);"));

    private static Dictionary<string, int> Numbers(string methods)
    {
        var (file, diagnostics) = Read(methods);
        Assert.Empty(diagnostics);
        return Assert.Single(file!.Services).Methods.ToDictionary(method => method.Name, method => method.Number, StringComparer.Ordinal);
    }

    private static IReadOnlyList<ProtoDiagnostic> Diagnostics(string methods) => Read(methods).Diagnostics;

    private static (RoutedFile? File, IReadOnlyList<ProtoDiagnostic> Diagnostics) Read(string methods) => ProtoReading.ReadText(
        $"syntax = \"proto3\"; package p; import \"grpcrouter/v1/options.proto\";\nmessage M {{}}\n\nservice S {{\n{methods}\n}}\n");
}
