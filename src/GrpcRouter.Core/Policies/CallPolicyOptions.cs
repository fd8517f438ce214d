namespace GrpcRouter;

/// <summary>
/// How calls are treated, for one method or for all of a service. What is null is taken from the wider scope: the method's own, the
/// service's, <see cref="RouterOptions.Defaults"/>, and in each of these first what was configured and then what the .proto says.
/// </summary>
public class CallPolicyOptions
{
    /// <summary>Which instance serves a call.</summary>
    public LoadBalancingOptions LoadBalancing { get; set; } = new();

    /// <summary>When a failed call is tried again.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>When a call is tried on several instances at once.</summary>
    public HedgingOptions Hedging { get; set; } = new();

    /// <summary>
    /// Longest time a call may take, retries and waiting included; positive. The caller's deadline counts where it is shorter. Set for a service
    /// or as a default it is for unary methods only; set for a method it is for that method. Default: none. Over it: DEADLINE_EXCEEDED.
    /// </summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// Age at which a stream ends, give or take a tenth, so that streams move to instances and routers that came later: UNAVAILABLE with the reason
    /// STREAM_MAX_AGE. For methods that stream in a direction; positive. Default: none.
    /// </summary>
    public TimeSpan? MaxStreamAge { get; set; }

    /// <summary>
    /// A call that finds no instance waits for one, up to its deadline, rather than ending UNAVAILABLE at once. A caller asks for the same with
    /// the metadata <c>grpcrouter-wait-for-ready: true</c>. Default: false.
    /// </summary>
    public bool? WaitForReady { get; set; }

    /// <summary>
    /// How many calls there may be. Set for a method it is for that method's; set for a service, for those of all its methods that have none of their own, together; set as a
    /// default, for those of each service. <see cref="RouterOptions.RateLimits"/> has more to say. Over it: RESOURCE_EXHAUSTED with the reason RATE_LIMITED. Default: none.
    /// </summary>
    public LimiterOptions? RateLimit { get; set; }

    /// <summary>
    /// Largest request message in bytes, as on the wire: of one that is compressed the compressed length. 0 to 2,147,483,647, counted on the declared length; default
    /// <see cref="RouterOptions.MaxMessageSize"/>. Over it: RESOURCE_EXHAUSTED with the reason MESSAGE_TOO_LARGE.
    /// </summary>
    public int? MaxRequestMessageSize { get; set; }

    /// <summary>As <see cref="MaxRequestMessageSize"/>, for response messages. Default <see cref="RouterOptions.MaxMessageSize"/>.</summary>
    public int? MaxResponseMessageSize { get; set; }

    /// <summary>
    /// Messages that a client may send in a second within one stream, with bursts of as many. 1 to 1,000,000; for methods that stream requests. Default: no limit.
    /// <see cref="MessageRateAction"/> says what happens to more.
    /// </summary>
    public int? MaxRequestMessagesPerSecond { get; set; }

    /// <summary>As <see cref="MaxRequestMessagesPerSecond"/>, for what an instance sends; for methods that stream responses. Default: no limit.</summary>
    public int? MaxResponseMessagesPerSecond { get; set; }

    /// <summary>What happens to messages that come faster than they may. Default: they wait, and flow control lets their sender wait too.</summary>
    public MessageRateAction? MessageRateAction { get; set; }

    /// <summary>
    /// Who may call: the name of an authorization policy of ASP.NET Core, <c>authenticated</c> for whoever has proved who it is, or <c>anonymous</c> for everyone, also where a wider scope names a
    /// policy. It counts beside what <c>RequireAuthorization</c> asks of an endpoint, not in its place. Without credentials a call ends UNAUTHENTICATED, with others PERMISSION_DENIED. Default:
    /// everyone may.
    /// </summary>
    public string? AuthorizationPolicy { get; set; }

    /// <summary>What running a call twice does. Default: what the .proto says.</summary>
    public MethodIdempotency? Idempotency { get; set; }
}
