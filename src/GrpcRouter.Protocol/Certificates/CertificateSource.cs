namespace GrpcRouter;

/// <summary>Where certificates are read.</summary>
internal abstract class CertificateSource<T>
    where T : CertificateMaterial
{
    /// <summary>Names it in logs and metrics.</summary>
    public abstract string Name { get; }

    /// <summary>The files whose changes tell that there is something new; none where nothing tells.</summary>
    public virtual IReadOnlyList<string> Files => [];

    /// <summary>Reads and checks.</summary>
    /// <param name="known">What is in use.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns><paramref name="known"/> itself where nothing is new.</returns>
    /// <exception cref="Exception">What is there cannot be used.</exception>
    public abstract ValueTask<T> ReadAsync(T? known, CancellationToken cancellationToken);
}
