using GrpcRouter.Schema;

namespace GrpcRouter.Build.Tests;

public sealed class ProtocOutputTests
{
    private static readonly RoutedProto Proto = new("/p/a.proto", "/p", ["/i", "/p"], default, true, "public", "/o", "x");

    [Theory]
    [InlineData("/p/a.proto:3:12: Expected \";\".", "/p/a.proto")]
    [InlineData(@"C:\p\a.proto:3:12: Expected "";"".", @"C:\p\a.proto")]
    [InlineData("/p q/1:2/a.proto:3:12: Expected \";\".\r", "/p q/1:2/a.proto")]
    public void A_line_with_a_position_becomes_an_error_there(string line, string file) => Assert.Equal(
        [new ProtoDiagnostic("GRPCR001", file, new SourceSpan(3, 12, 3, 12), "Expected \";\".")], ProtocOutput.Parse(line, Proto));

    [Fact]
    public void A_missing_import_is_one_error_that_names_the_folders() => Assert.Equal(
        [new ProtoDiagnostic("GRPCR002", "/p/a.proto", new SourceSpan(2, 1, 2, 1), "Import \"x.proto\" was not found in '/i', '/p'.")],
        ProtocOutput.Parse("x.proto: File not found.\n/p/a.proto:2:1: Import \"x.proto\" was not found or had errors.\n", Proto));

    [Fact]
    public void An_import_with_errors_of_its_own_is_not_called_missing() => Assert.Equal(
        ["GRPCR001", "GRPCR001"],
        ProtocOutput.Parse("x.proto:1:1: Expected \";\".\n/p/a.proto:2:1: Import \"x.proto\" was not found or had errors.\n", Proto)
            .Select(diagnostic => diagnostic.Id));

    [Fact]
    public void Warnings_are_left_to_the_compilation_of_the_file() => Assert.Empty(ProtocOutput.Parse(
        "/p/a.proto:2:1: warning: Import e.proto is unused.\n/none: warning: directory does not exist.\n", Proto));

    [Fact]
    public void A_line_without_a_position_is_an_error_of_the_file() => Assert.Equal(
        [new ProtoDiagnostic("GRPCR001", "/p/a.proto", default, "Missing value for flag: --x")],
        ProtocOutput.Parse("Missing value for flag: --x\n", Proto));

    [Fact]
    public void An_error_in_an_imported_file_names_the_file_on_disk()
    {
        using var folder = new TemporaryFolder();
        folder.Write("good.proto", "syntax = \"proto3\"; import \"sub/bad.proto\";");
        var bad = folder.Write("sub/bad.proto", "syntax = \"proto3\";\nmessage A { Nope x = 1; }");

        var (_, diagnostics) = ProtoReading.Read(folder.File("good.proto"));

        Assert.Contains(new ProtoDiagnostic("GRPCR001", bad, new SourceSpan(2, 13, 2, 13), "\"Nope\" is not defined."), diagnostics);
    }
}
