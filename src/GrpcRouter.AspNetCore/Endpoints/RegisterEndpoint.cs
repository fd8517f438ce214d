using System.Text;
using Grpc.Core;
using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GrpcRouter;

/// <summary>Takes the registration channels of one service.</summary>
internal sealed class RegisterEndpoint(ServiceRouter router, ConnectionAges ages)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (!GrpcRequest.TryAccept(context))
        {
            return;
        }

        if (GrpcRequest.RawPath(context) != router.Service.RegisterPath)
        {
            await UnknownEndpoint.HandleAsync(context).ConfigureAwait(false);
            return;
        }

        GrpcRequest.LiftLimits(context);
        ages.Exempt(context.Features);
        context.Response.ContentType = HttpLeg.ContentType;
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        Status status = await router.RunChannelAsync(
            context.Request.BodyReader, new PipeFrameSink(context.Response.BodyWriter), new ChannelPeer(PeerName.Of(context)) { Address = context.Connection.RemoteIpAddress }, context.RequestAborted).ConfigureAwait(false);
        if (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.AppendTrailer("grpc-status", ((int)status.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (status.Detail.Length > 0)
            {
                context.Response.AppendTrailer("grpc-message", new StringValues(StatusMessage.Encode(Encoding.UTF8.GetBytes(status.Detail))));
            }
        }
    }
}
