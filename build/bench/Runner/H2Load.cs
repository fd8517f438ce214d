using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GrpcRouter.Bench;

/// <summary>Drives servers with h2load, and believes only replies that came in full.</summary>
/// <param name="prefix">Goes before its command line when it measures, such as <c>taskset -c 1</c>.</param>
internal sealed partial class H2Load(IReadOnlyList<string> prefix)
{
    /// <summary>Whether a server takes the request at all, whatever it answers.</summary>
    public static async Task<bool> Connects(H2LoadRequest request) => Succeeded().IsMatch(await OutputAsync(request, [], null, null));

    /// <summary>Whether a server answers the request in full.</summary>
    public static async Task<bool> Answers(H2LoadRequest request) => BytesIn(await OutputAsync(request, [], null, null)) == request.Request.ReplyBytes;

    /// <exception cref="BenchException">A call was not answered in full.</exception>
    public Task<LoadResult> MeasureAsync(H2LoadRequest request) => RunAsync(request, prefix);

    /// <summary>A load that nobody measures.</summary>
    /// <exception cref="BenchException">A call was not answered in full.</exception>
    public static Task<LoadResult> WarmUpAsync(H2LoadRequest request) => RunAsync(request, []);

    private static async Task<LoadResult> RunAsync(H2LoadRequest request, IReadOnlyList<string> before)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("grpcrouter-h2load-");
        try
        {
            string? log = request.Times ? Path.Combine(folder.FullName, "times") : null;
            string? script = request.Pace is null ? null : WriteScript(request, Path.Combine(folder.FullName, "script"));
            string output = await OutputAsync(request, before, log, script);
            int calls = script is null ? request.Calls : request.Calls / request.Connections * request.Connections;
            if (BytesIn(output) != calls * request.Request.ReplyBytes)
            {
                throw new BenchException($"Not every call to port {request.Port} was answered in full: {Summary().Match(output).Value}");
            }

            LoadResult result = new(calls, SecondsIn(output));
            return log is null ? result : WithTimes(result, log);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static LoadResult WithTimes(LoadResult result, string log)
    {
        double[] times = [.. File.ReadLines(log).Select(static line => double.Parse(line.AsSpan(line.LastIndexOf('\t') + 1), CultureInfo.InvariantCulture)).Order()];
        return result with { P50 = Statistics.Percentile(times, 0.5), P99 = Statistics.Percentile(times, 0.99) };
    }

    // h2load's own rates come in bursts of 10 ms; a script of start times does not. Each connection follows the script from its beginning.
    private static string WriteScript(H2LoadRequest request, string file)
    {
        StringBuilder script = new();
        double gap = 1000.0 * request.Connections / request.Pace!.Value;
        for (int i = 0; i < request.Calls / request.Connections; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"{i * gap:F3}\t{UriOf(request)}\n");
        }

        File.WriteAllText(file, script.ToString());
        return file;
    }

    private static string UriOf(H2LoadRequest request) =>
        $"{(request.Tls ? "https" : "http")}://127.0.0.1:{request.Port}/greet.Greeter/{request.Request.Method}";

    private static long BytesIn(string output) => Data().Match(output) is { Success: true } match ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : -1;

    private static double SecondsIn(string output)
    {
        Match match = Finished().Match(output);
        double number = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return match.Groups[2].Value switch { "s" => number, "ms" => number / 1000, _ => number / 1_000_000 };
    }

    private static async Task<string> OutputAsync(H2LoadRequest request, IReadOnlyList<string> before, string? log, string? script)
    {
        string body = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(body, request.Request.Body);
            List<string> line = [.. before, "h2load", "-t", "1", "-d", body];
            line.AddRange(["-c", $"{request.Connections}", "-m", $"{request.Streams}"]);
            line.AddRange(["-n", $"{(script is null ? request.Calls : request.Calls / request.Connections)}"]);
            line.AddRange(["-H", "content-type: application/grpc", "-H", "te: trailers"]);
            line.AddRange(request.Headers.SelectMany(static header => new[] { "-H", header }));
            if (log is not null)
            {
                line.Add($"--log-file={log}");
            }

            line.Add(script is null ? UriOf(request) : $"--timing-script-file={script}");
            ProcessStartInfo start = new(line[0], line.Skip(1)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return output + await errors;
        }
        finally
        {
            File.Delete(body);
        }
    }

    [GeneratedRegex("requests: .*", RegexOptions.None, 1000)]
    private static partial Regex Summary();

    [GeneratedRegex(@"\((\d+)\) data", RegexOptions.None, 1000)]
    private static partial Regex Data();

    [GeneratedRegex(@"finished in ([0-9.]+)(s|ms|us)", RegexOptions.None, 1000)]
    private static partial Regex Finished();

    [GeneratedRegex("1 succeeded", RegexOptions.None, 1000)]
    private static partial Regex Succeeded();
}
