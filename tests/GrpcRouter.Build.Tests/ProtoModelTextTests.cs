using System.Globalization;
using GrpcRouter.Schema;

namespace GrpcRouter.Build.Tests;

public sealed class ProtoModelTextTests
{
    private static readonly ProtoModel Model = new("/a b/tab\t\\back\nline\r/ü@.proto", "ü@.proto", "", "", "internal", true, false, true, new(
    [
        new("First", "First", "First", new SourceSpan(1, 2, 3, 4), default, new(
        [
            new("Say", "Say", MethodKind.Unary, 20000, "global::M", "global::M", new SourceSpan(5, 6, 7, 8), default),
            new("Chat", "Chat", MethodKind.DuplexStreaming, 536870911, "global::M.Types.N", "global::M", default, new(
            [
                new("Idempotency", PolicyValueKind.Idempotency, "Idempotent"),
                new("Retry.MaxAttempts", PolicyValueKind.Integer, "4"),
                new("Retry.RetryableStatusCodes", PolicyValueKind.Status, "Aborted"),
            ])),
        ])),
        new("Second", "p.Second", "Second", default, new(
        [
            new("LoadBalancing.WeightSignal", PolicyValueKind.Text, "tab\t\\back\nline"),
            new("Timeout", PolicyValueKind.Duration, "-100000"),
            new("RetryBudget.Ratio", PolicyValueKind.Number, "1E-05"),
            new("WaitForReady", PolicyValueKind.Flag, "true"),
        ]), default),
    ]));

    [Fact]
    public void What_was_written_reads_back_equal()
    {
        Assert.True(ProtoModelText.TryRead(ProtoModelText.Write(Model), out var read, out var error), error);
        Assert.Equal(Model, read);
        Assert.Equal(Model.GetHashCode(), read!.GetHashCode());
    }

    [Fact]
    public void Line_ends_of_another_platform_are_accepted()
    {
        Assert.True(ProtoModelText.TryRead(ProtoModelText.Write(Model).ReplaceLineEndings("\r\n"), out var read, out _));
        Assert.Equal(Model, read);
    }

    [Fact]
    public void The_text_does_not_depend_on_the_culture()
    {
        var text = ProtoModelText.Write(Model);
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "minus";
        culture.NumberFormat.NumberGroupSeparator = ".";
        CultureInfo.CurrentCulture = culture;

        Assert.Equal(text, ProtoModelText.Write(Model));
        Assert.DoesNotContain('\r', text);
    }

    [Fact]
    public void A_text_that_is_cut_short_is_refused_wherever_it_is_cut()
    {
        var text = ProtoModelText.Write(Model);
        for (var length = 0; length < text.Length - 1; length++)
        {
            Assert.False(ProtoModelText.TryRead(text[..length], out var model, out var error));
            Assert.Null(model);
            Assert.StartsWith("Line ", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("grpcrouter-model 2", "grpcrouter-model 3", "Line 1 ")]
    [InlineData("access\tinternal", "access\tfriend", "Line 6 ")]
    [InlineData("router\ttrue", "router\tyes", "Line 7 ")]
    [InlineData("Unary", "0", "Line 11 ")]
    [InlineData("20000", "-1", "Line 11 ")]
    [InlineData("5 6 7 8", "5 6 7", "Line 11 ")]
    [InlineData(@"\t", @"\q", "Line 2 ")]
    [InlineData("Retry.MaxAttempts\tInteger\t4", "Retry.MaxAttempts\tInteger\t04", "Line 14 ")]
    [InlineData("Retry.MaxAttempts\tInteger\t4", "Retry.MaxAttempts\tInteger\t4\t4", "Line 14 ")]
    [InlineData("Retry.MaxAttempts\tInteger\t4", "Retry.MaxAttempts\t1\t4", "Line 14 ")]
    [InlineData("Retry.MaxAttempts", "Retry.MaxAttempts;", "Line 14 ")]
    [InlineData("Retry.MaxAttempts", "retry.MaxAttempts", "Line 14 ")]
    [InlineData("Aborted", "Aborted)", "Line 15 ")]
    [InlineData("-100000", "1.5", "Line 18 ")]
    [InlineData("1E-05", "NaN", "Line 19 ")]
    [InlineData("Flag\ttrue", "Flag\tTrue", "Line 20 ")]
    public void A_damaged_line_is_named(string good, string bad, string line)
    {
        Assert.False(ProtoModelText.TryRead(ProtoModelText.Write(Model).Replace(good, bad, StringComparison.Ordinal), out _, out var error));
        Assert.StartsWith(line, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_that_differ_in_one_method_are_unequal()
    {
        var other = Model with { Services = Model.Services.Select(service => service with { Methods = default }).ToEquatableArray() };

        Assert.NotEqual(Model, other);
    }
}
