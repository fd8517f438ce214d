using System.Globalization;
using BenchmarkDotNet.Attributes;
using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcRouter.Bench;

/// <summary>Headers of a request to a CallStart, and a CallHeaders to headers of a response, on ASP.NET Core's plain header dictionaries.</summary>
public class MetadataBenchmarks
{
    private readonly DefaultHttpContext _context = new();
    private HttpLeg _leg = null!;
    private byte[] _callHeaders = [];

    [Params(0, 5)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        IHeaderDictionary headers = _context.Request.Headers;
        headers.Clear();
        headers.ContentType = "application/grpc";
        headers.TE = "trailers";
        headers.UserAgent = "grpc-dotnet/2.71.0";
        _context.Request.Host = new HostString("127.0.0.1", 6001);
        using FrameBuffer buffer = new();
        for (int i = 0; i < Entries; i++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"x-entry-{i}");
            headers[key] = "7d9f4c1e-3a52-4be8-9a0e-1f6a2f0c8b11";
            int entry = buffer.BeginNested(MetadataReader.InCallHeaders);
            buffer.WriteString(1, key);
            buffer.WriteString(2, "7d9f4c1e-3a52-4be8-9a0e-1f6a2f0c8b11");
            buffer.EndNested(entry);
        }

        _callHeaders = buffer.WrittenSpan.ToArray();
        _leg = HttpLeg.Of(_context, _context.Features.GetRequiredFeature<IHttpRequestFeature>());
    }

    [Benchmark(Description = "request headers to CallStart")]
    public int ToStart() => _leg.PrepareStart();

    [Benchmark(Description = "CallHeaders to response headers")]
    public void ToHeaders()
    {
        _context.Response.Headers.Clear();
        _leg.SetHeaders(_callHeaders);
    }
}
