using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace GrpcRouter.Tests;

/// <summary>A folder of certificates, each of whose files is replaced as a whole.</summary>
internal sealed partial class CertificateFolder : IDisposable
{
    private const string Link = "..data";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("grpcrouter-certificates-");
    private int generation;

    public string Path => folder.FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Puts a certificate and its key in the place of those that are there.</summary>
    public void Write(X509Certificate2 certificate, string name = "tls")
    {
        Put($"{name}.crt", certificate.ExportCertificatePem());
        Put($"{name}.key", TestAuthority.KeyPem(certificate));
    }

    /// <summary>Puts authorities in the place of those that are there.</summary>
    public void Trust(params IEnumerable<TestAuthority> authorities) => Put("ca.crt", string.Join('\n', authorities.Select(static authority => authority.Pem)));

    public void Put(string name, string text)
    {
        string temporary = File($".{name}.{Interlocked.Increment(ref generation)}");
        System.IO.File.WriteAllText(temporary, text);
        System.IO.File.Move(temporary, File(name), overwrite: true);
    }

    /// <summary>Does as Kubernetes does with a mounted secret: writes a new folder, and swaps the link to it that all files go through.</summary>
    public void Swap(X509Certificate2 certificate, params IEnumerable<TestAuthority> authorities)
    {
        string name = $"..{Interlocked.Increment(ref generation)}";
        DirectoryInfo next = Directory.CreateDirectory(File(name));
        System.IO.File.WriteAllText(System.IO.Path.Combine(next.FullName, "tls.crt"), certificate.ExportCertificatePem());
        System.IO.File.WriteAllText(System.IO.Path.Combine(next.FullName, "tls.key"), TestAuthority.KeyPem(certificate));
        System.IO.File.WriteAllText(System.IO.Path.Combine(next.FullName, "ca.crt"), string.Join('\n', authorities.Select(static authority => authority.Pem)));
        Directory.CreateSymbolicLink(File("..data_tmp"), name);
        Assert.Equal(0, Rename(File("..data_tmp"), File(Link)));
        foreach (string file in new[] { "tls.crt", "tls.key", "ca.crt" }.Where(file => new FileInfo(File(file)).LinkTarget is null))
        {
            System.IO.File.CreateSymbolicLink(File(file), $"{Link}/{file}");
        }
    }

    public void Dispose() => folder.Delete(recursive: true);

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
