namespace GrpcRouter;

/// <summary>Why the router itself ended a call: the reasons in its ErrorInfo.</summary>
public static class RouterReasons
{
    /// <summary>No instance of the service is registered. UNAVAILABLE.</summary>
    public const string NoInstance = "NO_INSTANCE";

    /// <summary>The instance or its channel went away during the call. UNAVAILABLE.</summary>
    public const string InstanceLost = "INSTANCE_LOST";

    /// <summary>The router is shutting down. UNAVAILABLE.</summary>
    public const string Shutdown = "ROUTER_SHUTDOWN";

    /// <summary>The service, or every instance of it, has as many calls under way as it may. RESOURCE_EXHAUSTED.</summary>
    public const string TooManyCalls = "TOO_MANY_CALLS";

    /// <summary>The deadline passed at the router. DEADLINE_EXCEEDED.</summary>
    public const string DeadlineExceeded = "DEADLINE_EXCEEDED";

    /// <summary>As many calls wait for an instance as may. RESOURCE_EXHAUSTED.</summary>
    public const string TooManyPendingCalls = "TOO_MANY_PENDING_CALLS";

    /// <summary>The call's tenant has as many calls under way as it may. RESOURCE_EXHAUSTED.</summary>
    public const string TenantLimit = "TENANT_LIMIT";

    /// <summary>The call is over a rate limit. RESOURCE_EXHAUSTED; with <c>google.rpc.RetryInfo</c> where it is known when there is room again.</summary>
    public const string RateLimited = "RATE_LIMITED";

    /// <summary>The caller's network may not call. PERMISSION_DENIED.</summary>
    public const string PeerRefused = "PEER_REFUSED";

    /// <summary>The caller's connection, or its address, has as many calls under way as it may. RESOURCE_EXHAUSTED.</summary>
    public const string PeerLimit = "PEER_LIMIT";

    /// <summary>The messages of a stream come faster than they may. RESOURCE_EXHAUSTED.</summary>
    public const string MessageRate = "MESSAGE_RATE";

    /// <summary>The call needs credentials, or those it has brought are not good. UNAUTHENTICATED.</summary>
    public const string Unauthenticated = "UNAUTHENTICATED";

    /// <summary>The caller may not call the method. PERMISSION_DENIED.</summary>
    public const string PermissionDenied = "PERMISSION_DENIED";

    /// <summary>The call is for no tenant, and must be. PERMISSION_DENIED.</summary>
    public const string TenantRequired = "TENANT_REQUIRED";

    /// <summary>There is no such tenant, or the caller's credential names another. PERMISSION_DENIED.</summary>
    public const string TenantRefused = "TENANT_REFUSED";

    /// <summary>An attempt had not answered in time, and there was to be no other. DEADLINE_EXCEEDED.</summary>
    public const string AttemptTimeout = "ATTEMPT_TIMEOUT";

    /// <summary>The stream has reached its greatest age, and is to be opened anew. UNAVAILABLE.</summary>
    public const string StreamMaxAge = "STREAM_MAX_AGE";

    /// <summary>grpc-timeout cannot be read. INTERNAL.</summary>
    public const string BadTimeout = "BAD_TIMEOUT";

    /// <summary>A message is over the limit. RESOURCE_EXHAUSTED.</summary>
    public const string MessageTooLarge = "MESSAGE_TOO_LARGE";

    /// <summary>The metadata is over the limit. RESOURCE_EXHAUSTED.</summary>
    public const string MetadataTooLarge = "METADATA_TOO_LARGE";

    /// <summary>No or several messages where the method takes one. UNIMPLEMENTED.</summary>
    public const string Cardinality = "CARDINALITY_VIOLATION";

    /// <summary>The client's message framing is broken. INTERNAL.</summary>
    public const string BadRequest = "BAD_REQUEST_FRAMING";

    /// <summary>The service or method does not exist. UNIMPLEMENTED.</summary>
    public const string UnknownMethod = "UNKNOWN_METHOD";

    /// <summary>The health service is asked for a service that the router does not have. NOT_FOUND.</summary>
    public const string UnknownService = "UNKNOWN_SERVICE";

    /// <summary>A message for the router itself is compressed. UNIMPLEMENTED.</summary>
    public const string UnsupportedEncoding = "UNSUPPORTED_ENCODING";

    /// <summary>The health service is asked to list more services than a list may have. RESOURCE_EXHAUSTED.</summary>
    public const string TooManyServices = "TOO_MANY_SERVICES";

    /// <summary>The instance sent more than it had credit for. INTERNAL.</summary>
    public const string CreditOverrun = "CREDIT_OVERRUN";

    /// <summary>The instance's answer cannot be passed on: bad metadata or a message cut short. INTERNAL.</summary>
    public const string BadResponse = "BAD_RESPONSE";

    /// <summary>The client cancelled. CANCELLED; nobody is left to read it.</summary>
    public const string Cancelled = "CANCELLED";
}
