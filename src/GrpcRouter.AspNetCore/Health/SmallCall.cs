using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcRouter;

/// <summary>A call that the router answers itself: one small request, any number of small responses.</summary>
internal sealed class SmallCall(HttpContext context)
{
    // A name of a service; more can only be an attempt to make the router keep it.
    private const int MaxRequest = 4 * 1024;

    private bool started;

    /// <summary>Reads the request.</summary>
    /// <returns>Null when it was not one whole message, and the call was ended for it.</returns>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        PipeReader body = context.Request.BodyReader;
        ReadResult read = await body.ReadAtLeastAsync(FrameField.PrefixLength + MaxRequest + 1, cancellationToken).ConfigureAwait(false);
        RouterStatus problem = Check(read.Buffer);
        byte[]? request = problem.Code == StatusCode.OK ? read.Buffer.Slice(FrameField.PrefixLength).ToArray() : null;
        body.AdvanceTo(read.Buffer.End);
        if (request is null)
        {
            End(problem);
        }

        return request;
    }

    /// <summary>Sends a response.</summary>
    public async ValueTask WriteAsync(Action<FrameBuffer> write, CancellationToken cancellationToken)
    {
        if (!started)
        {
            started = true;
            context.Response.ContentType = HttpLeg.ContentType;
        }

        using FrameBuffer message = new();
        write(message);
        byte[] bytes = new byte[FrameField.PrefixLength + message.Length];
        MessagePrefix.Write(bytes, compressed: false, (uint)message.Length);
        message.WrittenSpan.CopyTo(bytes.AsSpan(FrameField.PrefixLength));
        await context.Response.BodyWriter.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the call in order.</summary>
    public void End() => context.Response.AppendTrailer("grpc-status", "0");

    /// <summary>Ends the call with an error.</summary>
    public void End(in RouterStatus status) => HttpLeg.Of(context, context.Features.GetRequiredFeature<IHttpRequestFeature>()).SetEnd(status);

    private static RouterStatus Check(in ReadOnlySequence<byte> body)
    {
        if (body.IsEmpty)
        {
            return new RouterStatus(StatusCode.Unimplemented, RouterReasons.Cardinality, "The method takes one message.");
        }

        if (!MessagePrefix.TryRead(body, out bool compressed, out uint length))
        {
            return new RouterStatus(StatusCode.Internal, RouterReasons.BadRequest, "The request ends inside a message.");
        }

        long rest = body.Length - FrameField.PrefixLength;
        return compressed ? new RouterStatus(StatusCode.Unimplemented, RouterReasons.UnsupportedEncoding, "The router itself reads no compressed messages.")
            : length > MaxRequest ? new RouterStatus(StatusCode.ResourceExhausted, RouterReasons.MessageTooLarge, $"The request is over the limit of {MaxRequest} bytes.")
            : length > rest ? new RouterStatus(StatusCode.Internal, RouterReasons.BadRequest, "The request ends inside a message.")
            : length < rest ? new RouterStatus(StatusCode.Unimplemented, RouterReasons.Cardinality, "The method takes one message.")
            : default;
    }
}
