using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using GrpcRouter.V1;

namespace GrpcRouter.Build;

// Runs the protocol buffer compiler for the descriptors of one file and everything that it imports.
internal sealed class Protoc(string executable, string workingDirectory)
{
    private static readonly MessageParser<FileDescriptorSet> Parser = FileDescriptorSet.Parser
        .WithExtensionRegistry(new ExtensionRegistry { OptionsExtensions.MethodNumber, OptionsExtensions.MethodPolicy, OptionsExtensions.ServicePolicy });

    private Process? running;

    public FileDescriptorSet? ReadDescriptors(RoutedProto proto, List<ProtoDiagnostic> diagnostics)
    {
        Directory.CreateDirectory(proto.Directory);
        var arguments = proto.DescriptorPath + ".rsp";
        try
        {
            // One argument a line, taken as it is: no path needs quoting.
            File.WriteAllLines(arguments,
                [
                    .. proto.ImportDirs.Select(directory => $"--proto_path={directory}"),
                    $"--descriptor_set_out={proto.DescriptorPath}", "--include_imports", "--include_source_info",
                    proto.Path,
                ], new UTF8Encoding(false));
            var (exitCode, output) = Run(arguments);
            if (exitCode == 0)
            {
                using var descriptors = File.OpenRead(proto.DescriptorPath);
                return Parser.ParseFrom(descriptors);
            }

            var errors = ProtocOutput.Parse(output, proto);
            diagnostics.AddRange(errors.Count > 0 ? errors :
                [new(DiagnosticIds.CompilerFailed, proto.Path, default, $"'{executable}' ended with code {exitCode} and no message.")]);
        }
        catch (Win32Exception exception)
        {
            diagnostics.Add(new(DiagnosticIds.CompilerFailed, proto.Path, default, $"'{executable}' cannot be run: {exception.Message}"));
        }
        finally
        {
            File.Delete(arguments);
            File.Delete(proto.DescriptorPath);
        }

        return null;
    }

    public void Cancel()
    {
        try
        {
            running?.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself.
        }
    }

    private (int ExitCode, string Output) Run(string arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(executable, $"\"@{arguments}\"")
            {
                WorkingDirectory = workingDirectory,
                UseShellExecute = false,
                CreateNoWindow = true,
                RedirectStandardError = true,
                StandardErrorEncoding = Encoding.UTF8,
            },
        };
        running = process;
        process.Start();
        var output = process.StandardError.ReadToEnd();
        process.WaitForExit();
        running = null;
        return (process.ExitCode, output);
    }
}
