using Grpc.Core;
using GrpcRouter.Schema;

namespace GrpcRouter.Protocol.Tests;

public sealed class RoutedServiceTests
{
    [Fact]
    public void Instances_dial_the_register_method_of_the_router_service()
    {
        Assert.Equal("/greet.v1.GreeterRouter/Register", new RoutedService("greet.v1.Greeter").RegisterPath);
        Assert.Equal("/GreeterRouter/Register", new RoutedService("Greeter").RegisterPath);
    }

    [Fact]
    public void A_method_is_found_by_its_number()
    {
        RoutedMethod hello = new("SayHello", MethodType.Unary, MethodNumbers.FromName("SayHello"));
        RoutedMethod pinned = new("Chat", MethodType.DuplexStreaming, 20_000);
        RoutedService service = new("greet.Greeter", hello, pinned);

        Assert.Same(hello, service.FindByNumber(2_526_808));
        Assert.Same(pinned, service.FindByNumber(20_000));
        Assert.Null(service.FindByNumber(20_001));
        Assert.Equal([hello, pinned], service.Methods);
    }

    [Fact]
    public void Two_methods_may_not_share_a_number()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new RoutedService("greet.Greeter", new RoutedMethod("A", MethodType.Unary, 20_000), new RoutedMethod("B", MethodType.Unary, 20_000)));

        Assert.Contains("A and B of greet.Greeter", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(19_999)]
    [InlineData(536_870_912)]
    [InlineData(-1)]
    public void A_number_that_no_payload_may_have_is_refused(int number) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RoutedMethod("A", MethodType.Unary, number));

    [Theory]
    [InlineData(MethodType.Unary, false, false)]
    [InlineData(MethodType.ClientStreaming, true, false)]
    [InlineData(MethodType.ServerStreaming, false, true)]
    [InlineData(MethodType.DuplexStreaming, true, true)]
    public void A_method_says_which_side_streams(MethodType type, bool client, bool server)
    {
        RoutedMethod method = new("A", type, 20_000);

        Assert.Equal(client, method.ClientStreams);
        Assert.Equal(server, method.ServerStreams);
    }
}
