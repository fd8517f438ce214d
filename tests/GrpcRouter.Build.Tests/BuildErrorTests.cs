namespace GrpcRouter.Build.Tests;

public sealed class BuildErrorTests
{
    private const string Items = """
        <Protobuf Include="broken.proto;import.proto;numbers.proto;pin.proto;policy.proto" GrpcServices="None" Condition="'$(Case)' == 'protos'" />
        <Protobuf Include="../elsewhere.proto" ProtoRoot="." GrpcServices="None" Condition="'$(Case)' == 'protos'" />
        <Protobuf Include="local.proto;names.proto" GrpcServices="None" Condition="'$(Case)' == 'local'" />
        <Protobuf Include="good.proto" GrpcServices="None" GrpcRouter="Server" Condition="'$(Case)' == 'value'" />
        <Protobuf Include="good.proto" GrpcServices="None" Condition="'$(Case)' == 'good'" />
        """;

    [Fact]
    public void Errors_name_the_file_the_line_and_the_column()
    {
        using var project = new BuildProject(Items);
        project.Write("broken.proto", "syntax = \"proto3\";\nmessage A {\n  int32 x = 1\n}\n");
        project.Write("import.proto", "syntax = \"proto3\";\nimport \"nowhere.proto\";\n");
        project.Write("numbers.proto", """
            syntax = "proto3";
            message M {}
            service S {
              rpc FindItemStream (M) returns (M);
              rpc ReadSessionBatch (M) returns (M);
            }
            """);
        project.Write("pin.proto", """
            syntax = "proto3";
            package pin;
            import "grpcrouter/v1/options.proto";
            message M {}
            service S {
              rpc Call (M) returns (M) {
                option (grpcrouter.v1.method_number) = 15;
              }
            }
            """);
        project.Write("policy.proto", """
            syntax = "proto3";
            package policy;
            import "grpcrouter/v1/options.proto";
            message M {}
            service S {
              option (grpcrouter.v1.service_policy).load_balancing.hash_header = "key-bin";
              rpc Call (M) returns (M) {
                option (grpcrouter.v1.method_policy).retry = { max_attempts: 9 };
                option (grpcrouter.v1.method_policy).hedging.max_attempts = 2;
              }
              rpc Upload (stream M) returns (M) {
                option (grpcrouter.v1.method_policy) = {
                  hedging { max_attempts: 2 }
                };
              }
            }
            """);
        project.Write("../elsewhere.proto", "syntax = \"proto3\";");
        project.Write("local.proto", """
            edition = "2024";
            package local;
            message Outer { message Inner {} }
            service S { rpc Call (Outer.Inner) returns (Outer); }
            """);
        project.Write("good.proto", "syntax = \"proto3\"; message M {} service S { rpc Call (M) returns (M); }");
        project.Write("names.proto", "syntax = \"proto3\"; package names; message M {}");

        Assert.Equal(
            [
                "broken.proto(4,1: GRPCR001", "elsewhere.proto: GRPCR009", "import.proto(2,1: GRPCR002", "numbers.proto(5,7: GRPCR004", "pin.proto(7,5: GRPCR005",
                "policy.proto(12,5: GRPCR013", "policy.proto(6,3: GRPCR011", "policy.proto(8,5: GRPCR010", "policy.proto(9,5: GRPCR012",
            ],
            project.Run("build", "-p:Case=protos").Errors);

        Assert.Equal(["local.proto(4,17: GRPCR008"], project.Run("build", "--no-restore", "-p:Case=local").Errors);
        Assert.Equal(["app.csproj(20,52: GRPCR006"], project.Run("build", "--no-restore", "-p:Case=value").Errors);
        Assert.Equal(["good.proto: GRPCR003"], project.Run("build", "--no-restore", "-p:Case=good", "-p:Protobuf_ProtocFullPath=/nowhere/protoc").Errors);

        project.Write("names.proto", "syntax = \"proto3\"; package local; message SRouterFrame {}");
        Assert.Equal(["local.proto(4,9: GRPCR007"], project.Run("build", "--no-restore", "-p:Case=local").Errors);
    }
}
