using System.Security.Cryptography;

namespace GrpcRouter;

/// <summary>Certificates in files.</summary>
/// <param name="files">The files, in the order in which <paramref name="read"/> gets their contents.</param>
/// <param name="read">Makes them usable; gets a version beside them.</param>
internal sealed class CertificateFiles<T>(IReadOnlyList<string> files, Func<byte[][], string, T> read) : CertificateSource<T>
    where T : CertificateMaterial
{
    public override string Name => string.Join(", ", files);

    public override IReadOnlyList<string> Files => files;

    // Whoever replaces several files does so one after the other, or swaps a link between two reads.
    private const int MostReads = 5;

    public override async ValueTask<T> ReadAsync(T? known, CancellationToken cancellationToken)
    {
        (byte[][] contents, string version) = await ReadAllAsync(cancellationToken).ConfigureAwait(false);
        for (int i = 1; i < MostReads && known?.Version != version; i++)
        {
            string before = version;
            (contents, version) = await ReadAllAsync(cancellationToken).ConfigureAwait(false);
            if (version == before)
            {
                break;
            }
        }

        return known?.Version == version ? known : read(contents, version);
    }

    private async Task<(byte[][] Contents, string Version)> ReadAllAsync(CancellationToken cancellationToken)
    {
        byte[][] contents = new byte[files.Count][];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < contents.Length; i++)
        {
            contents[i] = await File.ReadAllBytesAsync(files[i], cancellationToken).ConfigureAwait(false);
            hash.AppendData(BitConverter.GetBytes(contents[i].Length));
            hash.AppendData(contents[i]);
        }

        return (contents, Convert.ToHexString(hash.GetHashAndReset()));
    }
}
