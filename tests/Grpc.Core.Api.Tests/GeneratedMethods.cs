using Echo;

namespace Grpc.Core.Api.Tests;

internal static class GeneratedMethods
{
    public static Method<TRequest, TResponse> Get<TRequest, TResponse>(string name)
    {
        RecordingBinder binder = new();
        Echoes.BindService(binder, new EchoService());
        return Assert.IsType<Method<TRequest, TResponse>>(binder.Methods[name].Method);
    }
}
