namespace GrpcRouter;

/// <summary>What is known of certificates of any kind.</summary>
internal interface ICertificateFeed
{
    /// <summary>What they are for; one of <see cref="CertificateUse"/>.</summary>
    string Use { get; }

    /// <summary>Where they are read.</summary>
    string Source { get; }

    /// <summary>What is in use; null until something could be read.</summary>
    CertificateMaterial? Current { get; }

    /// <summary>Why what the source has cannot be used; null: it can.</summary>
    string? Refusal { get; }
}
