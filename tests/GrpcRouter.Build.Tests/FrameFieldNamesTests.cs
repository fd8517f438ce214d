namespace GrpcRouter.Build.Tests;

public sealed class FrameFieldNamesTests
{
    [Theory]
    [InlineData("SayHello", "say_hello")]
    [InlineData("sayHello", "say_hello")]
    [InlineData("GetURL", "get_url")]
    [InlineData("HTTPGet", "http_get")]
    [InlineData("Get_Foo", "get_foo")]
    [InlineData("GetV2Foo", "get_v2_foo")]
    [InlineData("_Under", "_under")]
    public void A_field_is_named_for_its_method(string method, string field) => Assert.Equal([field], Names(method));

    [Fact]
    public void A_method_named_like_a_field_of_the_frame_gets_its_number_as_suffix() =>
        Assert.Equal(["start_1", "half_close_2", "register"], Names("Start", "HalfClose", "Register"));

    [Fact]
    public void Of_methods_that_differ_by_case_the_one_in_pascal_case_keeps_the_plain_name()
    {
        Assert.Equal(["get_1", "get"], Names("get", "Get"));
        Assert.Equal(["get_foo", "get_foo_2"], Names("GetFoo", "get_foo"));
    }

    [Fact]
    public void The_order_of_methods_does_not_change_their_names()
    {
        string[] methods = ["Foo", "FooFieldNumber", "foo", "FOO"];
        int[] numbers = [1, 2, 3, 4];
        var names = FrameFieldNames.Assign(methods, numbers);

        Assert.Equal(names.Reverse(), FrameFieldNames.Assign([.. methods.Reverse()], [.. numbers.Reverse()]));
    }

    [Fact]
    public void A_suffix_that_is_taken_too_is_extended() =>
        Assert.Equal(["start1", "start_1x"], FrameFieldNames.Assign(["Start1", "start"], [2, 1]));

    private static string[] Names(params string[] methods) => FrameFieldNames.Assign(methods, [.. Enumerable.Range(1, methods.Length)]);
}
