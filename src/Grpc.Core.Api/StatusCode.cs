namespace Grpc.Core;

/// <summary>The outcome of a call, as every gRPC implementation numbers it.</summary>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    OK = 0,

    /// <summary>The caller gave the call up.</summary>
    Cancelled = 1,

    /// <summary>An error nobody classified.</summary>
    Unknown = 2,

    /// <summary>The arguments are wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call finished.</summary>
    DeadlineExceeded = 4,

    /// <summary>The requested entity does not exist.</summary>
    NotFound = 5,

    /// <summary>The entity to create exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The identified caller may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>The caller has not been identified.</summary>
    Unauthenticated = 16,

    /// <summary>A quota, a size limit or a resource is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state the operation needs.</summary>
    FailedPrecondition = 9,

    /// <summary>The operation was given up, typically for a concurrency conflict.</summary>
    Aborted = 10,

    /// <summary>The operation went past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The method is not implemented or not enabled.</summary>
    Unimplemented = 12,

    /// <summary>An invariant of the system is broken.</summary>
    Internal = 13,

    /// <summary>The service cannot be reached at the moment; a retry may help.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or damaged beyond recovery.</summary>
    DataLoss = 15,
}
