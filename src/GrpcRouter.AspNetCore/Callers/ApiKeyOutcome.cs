using Grpc.Core;

namespace GrpcRouter;

/// <summary>What the API key of a call is worth. Authentication leaves it with the request, so that a call counts once.</summary>
/// <param name="Verdict">The worth.</param>
/// <param name="Secret">The secret; null when no key has it.</param>
internal sealed record ApiKeyOutcome(ApiKeyVerdict Verdict, ApiKeySecret? Secret)
{
    /// <summary>What the caller is told. Only who knows the secret hears more than that it is not known.</summary>
    public static string MessageOf(ApiKeyVerdict verdict) => verdict switch
    {
        ApiKeyVerdict.Disabled => "The API key is disabled.",
        ApiKeyVerdict.Expired => "The API key has expired.",
        ApiKeyVerdict.NotYet => "The API key is not valid yet.",
        _ => "The API key is not known.",
    };

    /// <summary>The end of a call with such a key.</summary>
    public static RouterStatus RefusalOf(ApiKeyVerdict verdict) => new(StatusCode.Unauthenticated, RouterReasons.Unauthenticated, MessageOf(verdict));
}
