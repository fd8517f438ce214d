using GrpcRouter.Schema;

namespace GrpcRouter.Build.Tests;

public sealed class PolicyTests
{
    public static TheoryData<string, string, string> Refused { get; } = new()
    {
        { "retry { max_attempts: 0 }", "GRPCR010", "retry.max_attempts to 0; option (grpcrouter.v1.OPTION) takes 1 to 5 there." },
        { "retry { max_attempts: 6 }", "GRPCR010", "retry.max_attempts to 6;" },
        { "retry { initial_backoff {} }", "GRPCR010", "retry.initial_backoff to 0 s; option (grpcrouter.v1.OPTION) takes more than 0 there." },
        { "retry { max_backoff { seconds: -1 } }", "GRPCR010", "retry.max_backoff to -1 s;" },
        { "retry { attempt_timeout { nanos: 99 } }", "GRPCR010", "retry.attempt_timeout to 0 s and 99 ns;" },
        { "retry { backoff_multiplier: 0.99 }", "GRPCR010", "retry.backoff_multiplier to 0.99; option (grpcrouter.v1.OPTION) takes 1 and more there." },
        { "retry { backoff_multiplier: nan }", "GRPCR010", "retry.backoff_multiplier to NaN;" },
        { "retry { backoff_multiplier: inf }", "GRPCR010", "retry.backoff_multiplier to Infinity;" },
        { "retry { retryable_status_codes: OK }", "GRPCR010", "retry.retryable_status_codes to OK;" },
        { "hedging { max_attempts: -1 }", "GRPCR010", "hedging.max_attempts to -1;" },
        { "hedging { max_attempts: 6 }", "GRPCR010", "hedging.max_attempts to 6;" },
        { "hedging { delay { nanos: -100 } }", "GRPCR010", "hedging.delay to 0 s and -100 ns; option (grpcrouter.v1.OPTION) takes 0 and more there." },
        { "hedging { delay { seconds: 1 nanos: -1 } }", "GRPCR010", "hedging.delay to 1 s and -1 ns;" },
        { "hedging { delay { nanos: 1000000000 } }", "GRPCR010", "hedging.delay to 0 s and 1000000000 ns;" },
        { "hedging { delay { seconds: 315576000001 } }", "GRPCR010", "hedging.delay to 315576000001 s;" },
        { "hedging { non_fatal_status_codes: OK }", "GRPCR010", "hedging.non_fatal_status_codes to OK;" },
        { "timeout {}", "GRPCR010", "timeout to 0 s;" },
        { "load_balancing { choice_count: 1 }", "GRPCR010", "load_balancing.choice_count to 1; option (grpcrouter.v1.OPTION) takes 2 to 10 there." },
        { "load_balancing { choice_count: 11 }", "GRPCR010", "load_balancing.choice_count to 11;" },
        { "load_balancing { bounded_load: 1 }", "GRPCR010", "load_balancing.bounded_load to 1; option (grpcrouter.v1.OPTION) takes more than 1 there." },
        { "load_balancing { policy: \"Round_Robin\" }", "GRPCR011", "load_balancing.policy to 'Round_Robin'; option (grpcrouter.v1.OPTION) takes a name of lower-case letters" },
        { "load_balancing { policy: \"\" }", "GRPCR011", "load_balancing.policy to '';" },
        { "load_balancing { policy: \"a\\n\" }", "GRPCR011", "load_balancing.policy to" },
        { "load_balancing { hash_header: \"user-bin\" }", "GRPCR011", "load_balancing.hash_header to 'user-bin'; option (grpcrouter.v1.OPTION) takes a metadata key" },
        { "load_balancing { hash_header: \"X-User\" }", "GRPCR011", "load_balancing.hash_header to 'X-User';" },
        { "load_balancing { hash_header: \":path\" }", "GRPCR011", "load_balancing.hash_header to ':path';" },
        { "authorization_policy: \"\"", "GRPCR011", "authorization_policy to ''; option (grpcrouter.v1.OPTION) takes the name of an authorization policy" },
        { "authorization_policy: \"staff \"", "GRPCR011", "authorization_policy to 'staff ';" },
        { "load_balancing { weight_signal: \"\" }", "GRPCR011", "load_balancing.weight_signal to '';" },
    };

    public static TheoryData<string, string> RefusedForServices { get; } = new()
    {
        { "circuit_breaker { max_calls: 0 }", "circuit_breaker.max_calls to 0;" },
        { "circuit_breaker { max_pending_calls: -1 }", "circuit_breaker.max_pending_calls to -1;" },
        { "circuit_breaker { max_retries: -1 }", "circuit_breaker.max_retries to -1;" },
        { "circuit_breaker { max_calls_per_instance: 0 }", "circuit_breaker.max_calls_per_instance to 0;" },
        { "retry_budget { ratio: 10.1 }", "retry_budget.ratio to 10.1;" },
        { "retry_budget { ratio: -0.1 }", "retry_budget.ratio to -0.1;" },
        { "retry_budget { min_per_second: -1 }", "retry_budget.min_per_second to -1;" },
        { "retry_budget { max_tokens: 0 }", "retry_budget.max_tokens to 0;" },
        { "retry_budget { max_tokens: 1001 }", "retry_budget.max_tokens to 1001;" },
        { "retry_budget { token_ratio: 0 }", "retry_budget.token_ratio to 0;" },
        { "slow_start { window { seconds: -1 } }", "slow_start.window to -1 s;" },
        { "slow_start { aggression: 0 }", "slow_start.aggression to 0;" },
        { "slow_start { min_weight_percent: 0 }", "slow_start.min_weight_percent to 0;" },
        { "slow_start { min_weight_percent: 101 }", "slow_start.min_weight_percent to 101;" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_value_that_no_method_takes_is_refused_at_its_option(string policy, string id, string message)
    {
        var diagnostic = Assert.Single(OfMethod($"option (grpcrouter.v1.method_policy) = {{ {policy} }};").Diagnostics);

        Assert.Equal((id, 8, 3), (diagnostic.Id, diagnostic.Span.Line, diagnostic.Span.Column));
        Assert.StartsWith("Method 'Say' of service 'p.S' sets " + message.Replace("OPTION", "method_policy", StringComparison.Ordinal), diagnostic.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_value_that_no_method_takes_is_refused_for_a_service_too(string policy, string id, string message)
    {
        var diagnostic = Assert.Single(OfService(policy).Diagnostics);

        Assert.Equal((id, 7, 3), (diagnostic.Id, diagnostic.Span.Line, diagnostic.Span.Column));
        Assert.StartsWith("Service 'p.S' sets " + message.Replace("OPTION", "service_policy", StringComparison.Ordinal), diagnostic.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(RefusedForServices))]
    public void A_value_that_no_service_takes_is_refused_at_its_option(string policy, string message)
    {
        var diagnostic = Assert.Single(OfService(policy).Diagnostics);

        Assert.Equal(("GRPCR010", 7, 3), (diagnostic.Id, diagnostic.Span.Line, diagnostic.Span.Column));
        Assert.StartsWith("Service 'p.S' sets " + message, diagnostic.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("retry { max_attempts: 1 }", "Retry.MaxAttempts Integer 1")]
    [InlineData("retry { max_attempts: 5 }", "Retry.MaxAttempts Integer 5")]
    [InlineData("retry { initial_backoff { nanos: 100 } }", "Retry.InitialBackoff Duration 1")]
    [InlineData("retry { backoff_multiplier: 1 }", "Retry.BackoffMultiplier Number 1")]
    [InlineData("hedging { delay {} }", "Hedging.Delay Duration 0")]
    [InlineData("timeout { seconds: 315576000000 }", "Timeout Duration 3155760000000000000")]
    [InlineData("load_balancing { choice_count: 10 }", "LoadBalancing.ChoiceCount Integer 10")]
    [InlineData("load_balancing { policy: \"not_built_in_9\" }", "LoadBalancing.Policy Text not_built_in_9")]
    [InlineData("authorization_policy: \"Staff only\"", "AuthorizationPolicy Text Staff only")]
    [InlineData("circuit_breaker { max_pending_calls: 0 }", "CircuitBreaker.MaxPendingCalls Integer 0")]
    [InlineData("retry_budget { ratio: 0 max_tokens: 1000 }", "RetryBudget.Ratio Number 0", "RetryBudget.MaxTokens Integer 1000")]
    [InlineData("slow_start { window {} min_weight_percent: 100 }", "SlowStart.Window Duration 0", "SlowStart.MinWeightPercent Integer 100")]
    [InlineData("retry {} hedging {}")]
    public void A_value_at_the_end_of_its_range_is_taken(string policy, params string[] expected)
    {
        var (file, diagnostics) = OfService(policy);

        Assert.Empty(diagnostics);
        Assert.Equal(expected, Texts(file!.Services[0].Policy));
    }

    [Theory]
    [InlineData("NO_SIDE_EFFECTS", "Idempotency Idempotency NoSideEffects")]
    [InlineData("IDEMPOTENT", "Idempotency Idempotency Idempotent")]
    [InlineData("IDEMPOTENCY_UNKNOWN")]
    public void The_standard_idempotency_level_is_a_setting(string level, params string[] expected)
    {
        var (file, diagnostics) = ProtoReading.ReadText($$"""
            syntax = "proto3";
            message M {}
            service S { rpc Say (M) returns (M) { option idempotency_level = {{level}}; } }
            """);

        Assert.Empty(diagnostics);
        Assert.Equal(expected, Texts(file!.Services[0].Methods[0].Policy));
    }

    [Fact]
    public void Each_option_statement_is_the_place_of_its_own_errors()
    {
        var (_, diagnostics) = OfMethod("""
            option (grpcrouter.v1.method_policy).retry.max_attempts = 9;
              option (grpcrouter.v1.method_policy).retry.max_backoff.seconds = -1;
              option (grpcrouter.v1.method_policy).load_balancing = { choice_count: 99 policy: "A" };
            """);

        Assert.Equal(
            ["GRPCR011 10", "GRPCR010 10", "GRPCR010 8", "GRPCR010 9"],
            diagnostics.Select(diagnostic => $"{diagnostic.Id} {diagnostic.Span.Line}"));
        Assert.All(diagnostics, diagnostic => Assert.Equal(3, diagnostic.Span.Column));
    }

    [Theory]
    [InlineData("M", "retry { max_attempts: 2 } hedging { max_attempts: 2 }", "GRPCR012")]
    [InlineData("M", "retry { max_backoff { seconds: 1 } } hedging { delay { seconds: 1 } }", "GRPCR012")]
    [InlineData("M", "retry { max_attempts: 1 } hedging { max_attempts: 2 }", null)]
    [InlineData("M", "retry { max_attempts: 2 } hedging { max_attempts: 1 }", null)]
    [InlineData("M", "retry { max_attempts: 2 } hedging {}", null)]
    [InlineData("M", "retry {} hedging { max_attempts: 2 }", null)]
    [InlineData("stream M", "hedging { max_attempts: 2 }", "GRPCR013")]
    [InlineData("stream M", "hedging { delay { seconds: 1 } }", "GRPCR013")]
    [InlineData("stream M", "hedging { max_attempts: 1 }", null)]
    [InlineData("stream M", "retry { max_attempts: 2 }", null)]
    public void Hedging_stands_alone_and_takes_one_request(string request, string policy, string? id)
    {
        var (_, diagnostics) = OfMethod($"option (grpcrouter.v1.method_policy) = {{ {policy} }};", request);

        Assert.Equal(id is null ? [] : [$"{id} 8,3"], diagnostics.Select(diagnostic => $"{diagnostic.Id} {diagnostic.Span.Line},{diagnostic.Span.Column}"));
    }

    [Fact]
    public void An_import_for_options_alone_is_enough()
    {
        var (file, diagnostics) = ProtoReading.ReadText("""
            edition = "2024";
            import option "grpcrouter/v1/options.proto";
            message M {}
            service S { rpc Say (M) returns (M) { option (grpcrouter.v1.method_policy).timeout.seconds = 5; } }
            """);

        Assert.Empty(diagnostics);
        Assert.Equal(["Timeout Duration 50000000"], Texts(file!.Services[0].Methods[0].Policy));
    }

    [Fact]
    public void A_service_may_retry_what_it_cannot_hedge() => Assert.Empty(OfService("retry { max_attempts: 2 } hedging { max_attempts: 2 }").Diagnostics);

    private static IEnumerable<string> Texts(EquatableArray<PolicySetting> settings) =>
        settings.Select(setting => $"{setting.Property} {setting.Kind} {setting.Value}");

    private static (RoutedFile? File, IReadOnlyList<ProtoDiagnostic> Diagnostics) OfMethod(string options, string request = "M") =>
        Read($"\n  rpc Say ({request}) returns (M) {{\n  {options}\n  }}");

    private static (RoutedFile? File, IReadOnlyList<ProtoDiagnostic> Diagnostics) OfService(string policy) =>
        Read($"\n  option (grpcrouter.v1.service_policy) = {{ {policy} }};\n  rpc Say (M) returns (M);");

    private static (RoutedFile? File, IReadOnlyList<ProtoDiagnostic> Diagnostics) Read(string body) => ProtoReading.ReadText(
        $"syntax = \"proto3\"; package p; import \"grpcrouter/v1/options.proto\";\nmessage M {{}}\n\n\n\nservice S {{{body}\n}}\n");
}
