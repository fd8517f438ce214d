namespace GrpcRouter;

/// <summary>
/// Bounds the retries and hedges of a service to a share of its calls, so that a failing service is not kept down by them. Transparent retries are not counted.
/// </summary>
public sealed class RetryBudgetOptions
{
    /// <summary>Retries for each call of the last 10 s, 0 to 10. Default 0.2.</summary>
    public double? Ratio { get; set; }

    /// <summary>Retries a second that are allowed however few calls there are, 0 and more. Default 10.</summary>
    public double? MinPerSecond { get; set; }

    /// <summary>
    /// Tokens of gRFC A6's throttling, up to 1,000: each failure takes one, each success gives <see cref="TokenRatio"/>, and there are
    /// no retries while half or fewer are left. Default: no throttling.
    /// </summary>
    public int? MaxTokens { get; set; }

    /// <summary>What each success gives, more than 0. Default 0.1.</summary>
    public double? TokenRatio { get; set; }
}
