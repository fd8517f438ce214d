using System.Net;
using Grpc.Core;
using GrpcRouter.FunctionalTests.Awkward;
using GrpcRouter.Tests.Policies;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GrpcRouter.FunctionalTests;

public sealed class AuthorizationTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";
    private const string Probe = "functional.Probe";
    private static readonly byte[] Request = RawClient.Message([]);

    [Fact]
    public async Task A_caller_without_credentials_is_unauthenticated_and_one_that_may_not_is_denied()
    {
        Rig rig = await StartAsync(new RigOptions { Builder = HeaderScheme.Add, Conventions = static router => router.Calls.RequireAuthorization("staff") });

        RpcException nobody = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk()));
        Assert.Equal((StatusCode.Unauthenticated, RouterReasons.Unauthenticated), (nobody.StatusCode, Reasons.Of(nobody)));
        Assert.Equal("Test realm=\"probe\"", nobody.Trailers.GetValue("www-authenticate"));

        RpcException guest = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk(), User("bob")));
        Assert.Equal((StatusCode.PermissionDenied, RouterReasons.PermissionDenied), (guest.StatusCode, Reasons.Of(guest)));

        Assert.Equal(0, rig.Service.Started);
        Assert.Equal("hello", (await rig.Client.UnaryAsync(new Chunk { Text = "hello" }, User("ann staff"))).Text);
    }

    [Fact]
    public async Task A_refusal_is_a_trailers_only_response_of_gRPCs()
    {
        Rig rig = await StartAsync(new RigOptions { Builder = HeaderScheme.Add, Conventions = static router => router.Calls.RequireAuthorization("staff") });
        foreach ((string user, string status) in ((string, string)[])[("", "16"), ("bob", "7")])
        {
            RawResponse response = await rig.Raw.CallAsync(Unary, Request, (HeaderScheme.Header, user));
            Assert.Equal((HttpStatusCode.OK, true, status), (response.HttpStatus, response.IsTrailersOnly, response.Status));
            Assert.Equal(["application/grpc"], response.Headers["content-type"]);
        }
    }

    [Fact]
    public async Task Streams_are_refused_before_anything_of_them_is_read()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Builder = HeaderScheme.Add, Router = static options => options.Service(Probe).AuthorizationPolicy = "staff",
        });
        using AsyncDuplexStreamingCall<Chunk, Chunk> talk = rig.Client.Talk();
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(async () => await talk.ResponseStream.MoveNext(default))).StatusCode);
        using AsyncClientStreamingCall<Chunk, Chunk> upload = rig.Client.Upload(User("bob"));
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await upload)).StatusCode);
        using AsyncDuplexStreamingCall<Chunk, Chunk> staff = rig.Client.Talk(User("ann staff"));
        await staff.RequestStream.WriteAsync(new Chunk { Number = 7 });
        Assert.Equal(7, (await staff.ResponseStream.NextAsync()).Number);
        await staff.RequestStream.CompleteAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_spelling_of_a_path_gets_around_a_methods_policy(bool convention)
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Builder = HeaderScheme.Add,
            Conventions = router => _ = convention ? router.Method("Unary").RequireAuthorization("staff") : router,
            Router = options => options.Service(Probe).Method("Unary").AuthorizationPolicy = convention ? null : "staff",
        });
        string[] spellings =
        [
            Unary, "/functional.ProbeRouter/Unary", "/%66unctional.Probe/Unary", "/functional.Probe/%55nary", "/functional.Probe/./Unary", "/x/../functional.Probe/Unary",
            "/functional.Probe/Download/../Unary", "//functional.Probe/Unary", "/functional.Probe//Unary", "/functional.probe/unary", "/FUNCTIONAL.PROBE/UNARY", "/functional.Probe/Unary/",
            "/functional.Probe/Unary?x=1", "/functional.Probe%2FUnary", "/functional.ProbeRouter/%55nary",
        ];
        foreach (string path in spellings)
        {
            RawResponse response = await rig.Raw.CallAsync(path, Request, (HeaderScheme.Header, "bob"));
            Assert.True(response.Status is "7" or "12" || response.HttpStatus == HttpStatusCode.BadRequest, $"{path}: {response.HttpStatus} {response.Status}");
        }

        Assert.Equal(0, rig.Service.Started);
        foreach (string path in (string[])[Unary, "/functional.ProbeRouter/Unary"])
        {
            Assert.Equal("0", (await rig.Raw.CallAsync(path, Request, (HeaderScheme.Header, "ann staff"))).Status);
        }

        // The others are for everyone.
        Assert.Equal("0", (await rig.Raw.CallAsync("/functional.Probe/Download", Request)).Status);
    }

    [Fact]
    public async Task A_method_can_be_for_everyone_though_its_service_is_not()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Router = static options =>
            {
                options.Defaults.AuthorizationPolicy = AuthorizationPolicies.Authenticated;
                options.Service(Probe).Method("Download").AuthorizationPolicy = AuthorizationPolicies.Anonymous;
            },
        });
        RawResponse refused = await rig.Raw.CallAsync(Unary, Request);
        Assert.Equal(("16", RouterReasons.Unauthenticated), (refused.Status, refused.RouterReason));
        Assert.Equal("0", (await rig.Raw.CallAsync("/functional.Probe/Download", Request)).Status);
    }

    [Fact]
    public async Task Whoever_the_application_has_authenticated_is_let_in_where_that_is_all_that_is_asked()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Builder = HeaderScheme.Add, Router = static options => options.Service(Probe).AuthorizationPolicy = AuthorizationPolicies.Authenticated,
        });
        Assert.Equal("16", (await rig.Raw.CallAsync(Unary, Request)).Status);
        Assert.Equal("0", (await rig.Raw.CallAsync(Unary, Request, (HeaderScheme.Header, "bob"))).Status);
    }

    [Fact]
    public async Task A_policy_that_changes_counts_from_the_next_call_on()
    {
        Rig rig = await StartAsync(new RigOptions { Builder = HeaderScheme.Add, Router = static options => options.Service(Probe).AuthorizationPolicy = "staff" });
        Assert.Equal("7", (await rig.Raw.CallAsync(Unary, Request, (HeaderScheme.Header, "bob"))).Status);
        rig.Host.Services.GetRequiredService<IOptions<AuthorizationOptions>>().Value.AddPolicy("staff", static policy => policy.RequireUserName("bob"));
        Assert.Equal("0", (await rig.Raw.CallAsync(Unary, Request, (HeaderScheme.Header, "bob"))).Status);
    }

    [Fact]
    public async Task A_fallback_policy_of_the_application_is_answered_as_gRPC_too()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Instances = 0,
            Builder = static builder =>
            {
                HeaderScheme.Add(builder);
                builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
            },
        });
        RawResponse response = await rig.Raw.CallAsync(Unary, Request);
        Assert.Equal((HttpStatusCode.OK, "16", RouterReasons.Unauthenticated), (response.HttpStatus, response.Status, response.RouterReason));
    }

    [Fact]
    public async Task A_scheme_that_sends_browsers_to_a_page_sends_no_gRPC_client_there()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Builder = static builder =>
            {
                builder.Services.AddAuthentication("cookie").AddCookie("cookie");
                builder.Services.AddAuthorization();
            },
            Conventions = static router => router.Calls.RequireAuthorization(),
        });
        RawResponse response = await rig.Raw.CallAsync(Unary, Request);
        Assert.Equal((HttpStatusCode.OK, true, "16"), (response.HttpStatus, response.IsTrailersOnly, response.Status));
        Assert.DoesNotContain("location", response.Headers.Keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_result_handler_of_the_applications_own_stays_in_use(bool before)
    {
        Handler handler = new();
        Rig rig = await StartAsync(new RigOptions
        {
            Builder = builder =>
            {
                HeaderScheme.Add(builder);
                if (before)
                {
                    // As if it had been added before the router.
                    builder.Services.Remove(builder.Services.Last(static service => service.ServiceType == typeof(IAuthorizationMiddlewareResultHandler)));
                }

                builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler>(handler);
                if (before)
                {
                    builder.Services.Remove(builder.Services.Last(static service => service.ServiceType == typeof(CallDoor)));
                    builder.Services.AddGrpcRouter();
                }
            },
            Conventions = static router => router.Calls.RequireAuthorization("staff"),
        });
        Assert.Equal("16", (await rig.Raw.CallAsync(Unary, Request)).Status);
        Assert.Equal("7", (await rig.Raw.CallAsync(Unary, Request, (HeaderScheme.Header, "bob"))).Status);
        Assert.Equal("0", (await rig.Raw.CallAsync(Unary, Request, (HeaderScheme.Header, "ann staff"))).Status);
        Assert.Equal(3, handler.Asked);
    }

    [Fact]
    public async Task Other_endpoints_of_the_application_answer_as_ever()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Instances = 0, Builder = HeaderScheme.Add, Application = static app => app.MapPost("/other", static () => "no").RequireAuthorization(),
        });
        RawResponse response = await rig.Raw.CallAsync("/other", Request);
        Assert.Equal((HttpStatusCode.Unauthorized, null), (response.HttpStatus, response.Status));
    }

    [Fact]
    public async Task The_health_service_can_be_for_callers_with_credentials_alone()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Instances = 0, Builder = HeaderScheme.Add, Application = static app => app.MapGrpcRouterHealth().RequireAuthorization("staff"),
        });
        Assert.Equal("16", (await rig.Raw.CallAsync("/grpc.health.v1.Health/Check", Request)).Status);
        Assert.Equal("7", (await rig.Raw.CallAsync("/grpc.health.v1.Health/List", Request, (HeaderScheme.Header, "bob"))).Status);
        Assert.Equal("0", (await rig.Raw.CallAsync("/grpc.health.v1.Health/Check", Request, (HeaderScheme.Header, "ann staff"))).Status);
    }

    [Theory]
    [InlineData("GrpcRouter:Defaults:AuthorizationPolicy")]
    [InlineData("GrpcRouter:Services:functional.Probe:AuthorizationPolicy")]
    [InlineData("GrpcRouter:Services:functional.Probe:Methods:Unary:AuthorizationPolicy")]
    public async Task A_policy_that_the_application_does_not_have_is_an_error_at_the_start_that_names_the_place(string path)
    {
        foreach (bool authorizes in (bool[])[true, false])
        {
            OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(new RigOptions
            {
                Builder = builder =>
                {
                    builder.Configuration[path] = "stuff";
                    if (authorizes)
                    {
                        HeaderScheme.Add(builder);
                    }
                },
            }));
            Assert.StartsWith(path, Assert.Single(error.Failures), StringComparison.Ordinal);
            Assert.Contains(authorizes ? "it is stuff" : "AddAuthorization", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_policy_of_the_proto_that_the_application_does_not_have_is_an_error_too()
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(new RigOptions
        {
            Router = static options => options.LoadBalancers["my_policy_2"] = static _ => throw new NotSupportedException(),
            Builder = HeaderScheme.Add,
            Application = static app => app.MapGrpcRouter<EverythingRouter>(),
        }));
        Assert.Contains("policies.Everything", error.Message, StringComparison.Ordinal);
        Assert.Contains("staff \"only\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conventions_for_methods_that_routing_cannot_tell_apart_are_refused()
    {
        await StartAsync(new RigOptions
        {
            Instances = 0,
            Application = static app =>
            {
                GrpcRouterEndpointConventionBuilder router = app.MapGrpcRouter<ClassRouter>();
                Assert.Throws<InvalidOperationException>(() => router.Method("get"));
                Assert.Contains("Binding?", Assert.Throws<ArgumentException>(() => router.Method("Bindung")).Message, StringComparison.Ordinal);
                Assert.NotNull(router.Method("Binding"));
            },
        });
    }

    [Fact]
    public async Task Methods_that_differ_by_case_alone_each_have_their_own_policy()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Instances = 0,
            Builder = HeaderScheme.Add,
            Router = static options => options.Service("functional.awkward.Class").Method("get").AuthorizationPolicy = "staff",
            Application = static app => app.MapGrpcRouter<ClassRouter>(),
        });
        Assert.Equal(("16", "14"), (await StatusOf("/functional.awkward.Class/get"), await StatusOf("/functional.awkward.Class/Get")));
        Assert.Equal("12", await StatusOf("/functional.awkward.Class/GET"));

        async Task<string?> StatusOf(string path) => (await rig.Raw.CallAsync(path, Request)).Status;
    }

    private static Metadata User(string said) => new() { { HeaderScheme.Header, said } };

    private sealed class Handler : IAuthorizationMiddlewareResultHandler
    {
        private readonly AuthorizationMiddlewareResultHandler inner = new();
        private int asked;

        public int Asked => Volatile.Read(ref asked);

        public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
        {
            // The instance registers too.
            if (!context.Request.Path.Value!.EndsWith("/Register", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref asked);
            }

            return inner.HandleAsync(next, context, policy, authorizeResult);
        }
    }
}
