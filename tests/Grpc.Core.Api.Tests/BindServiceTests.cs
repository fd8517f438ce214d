using Echo;

namespace Grpc.Core.Api.Tests;

public sealed class BindServiceTests
{
    private readonly FakeServerCallContext _context = new();

    [Fact]
    public void A_generated_service_binds_its_methods_with_their_kinds()
    {
        RecordingBinder binder = new();
        Echoes.BindService(binder, new EchoService());

        Assert.Equal(
            ["Unary /echo.Echoes/One", "ClientStreaming /echo.Echoes/Collect", "ServerStreaming /echo.Echoes/Split", "DuplexStreaming /echo.Echoes/Chat"],
            binder.Methods.Values.Select(bound => $"{bound.Method.Type} {bound.Method.FullName}"));
    }

    [Fact]
    public void A_service_bound_without_an_instance_has_no_handlers()
    {
        RecordingBinder binder = new();
        Echoes.BindService(binder, null);

        Assert.All(binder.Methods.Values, bound => Assert.Null(bound.Handler));
        Assert.Equal(4, binder.Methods.Count);
    }

    [Fact]
    public void A_service_definition_binds_the_same_methods()
    {
        RecordingBinder binder = new();
        Echoes.BindService(new EchoService()).BindService(binder);

        Assert.Equal(["One", "Collect", "Split", "Chat"], binder.Methods.Keys);
    }

    [Fact]
    public void A_definition_refuses_a_method_twice()
    {
        var method = GeneratedMethods.Get<Words, Words>("One");
        var builder = ServerServiceDefinition.CreateBuilder().AddMethod(method, new EchoService().One);

        Assert.Throws<ArgumentException>(() => builder.AddMethod(method, new EchoService().One));
    }

    [Fact]
    public void The_service_base_names_its_bind_method()
    {
        var attribute = Assert.Single(typeof(Echoes.EchoesBase).GetCustomAttributes(false).OfType<BindServiceMethodAttribute>());

        Assert.Equal(typeof(Echoes), attribute.BindType);
        Assert.Equal("BindService", attribute.BindMethodName);
    }

    [Fact]
    public void A_binder_refuses_kinds_it_does_not_override() =>
        Assert.Throws<NotImplementedException>(() => Echoes.BindService(new EmptyBinder(), new EchoService()));

    [Fact]
    public async Task The_bound_handlers_serve_all_four_kinds()
    {
        RecordingBinder binder = new();
        Echoes.BindService(binder, new EchoService());
        ListWriter split = new();
        ListWriter chat = new();

        var one = await binder.Handler<UnaryServerMethod<Words, Words>>("One")(new() { Text = "a" }, _context);
        var collected = await binder.Handler<ClientStreamingServerMethod<Words, Words>>("Collect")(new ListReader("a", "b"), _context);
        await binder.Handler<ServerStreamingServerMethod<Words, Words>>("Split")(new() { Text = "a b" }, split, _context);
        await binder.Handler<DuplexStreamingServerMethod<Words, Words>>("Chat")(new ListReader("a", "b"), chat, _context);

        Assert.Equal("a", one.Text);
        Assert.Equal("a b", collected.Text);
        Assert.Equal(["a", "b"], split.Texts);
        Assert.Equal(["a", "b"], chat.Texts);
    }

    [Fact]
    public async Task A_method_that_the_service_does_not_override_is_unimplemented()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => new EmptyService().One(new(), _context));

        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    private sealed class EmptyBinder : ServiceBinderBase;

    private sealed class EmptyService : Echoes.EchoesBase;
}
