namespace GrpcRouter;

/// <summary>Registration tokens from a file that somebody else keeps fresh. It is read at each dial, so that the one there is newest.</summary>
/// <param name="path">The file, which holds a token and nothing else.</param>
public sealed class RegistrationTokenFile(string path)
{
    private const int MaxLength = 64 * 1024;

    /// <summary>Reads the token; for <see cref="BridgeOptions.RegistrationToken"/>.</summary>
    /// <param name="request">What it is for.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">The file is not there, cannot be read or is larger than any token.</exception>
    public async ValueTask<string?> GetTokenAsync(RegistrationTokenRequest request, CancellationToken cancellationToken)
    {
        FileStream file = new(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous });
        await using (file.ConfigureAwait(false))
        {
            if (file.Length > MaxLength)
            {
                throw new IOException($"{path} is {file.Length} bytes long; a registration token is at most {MaxLength}.");
            }

            using StreamReader reader = new(file);
            return (await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false)).Trim();
        }
    }
}
