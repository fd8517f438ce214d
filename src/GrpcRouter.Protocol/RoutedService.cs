using System.Collections.Frozen;

namespace GrpcRouter;

/// <summary>A service that can be routed: its name and its methods, as generated from the .proto.</summary>
public sealed class RoutedService
{
    private readonly FrozenDictionary<int, RoutedMethod> byNumber;

    /// <summary>Describes a service. Generated code calls this.</summary>
    /// <param name="fullName">Package and name, such as <c>greet.Greeter</c>.</param>
    /// <param name="methods">Its methods.</param>
    /// <exception cref="ArgumentException">Two methods share a field number.</exception>
    public RoutedService(string fullName, params RoutedMethod[] methods)
    {
        ArgumentException.ThrowIfNullOrEmpty(fullName);
        FullName = fullName;
        Methods = methods;
        RegisterPath = $"/{fullName}Router/Register";
        Dictionary<int, RoutedMethod> numbers = [];
        for (int i = 0; i < methods.Length; i++)
        {
            RoutedMethod method = methods[i];
            method.Index = i;
            if (!numbers.TryAdd(method.Number, method))
            {
                throw new ArgumentException($"Methods {numbers[method.Number].Name} and {method.Name} of {fullName} share the field number {method.Number}.", nameof(methods));
            }
        }

        byNumber = numbers.ToFrozenDictionary();
    }

    /// <summary>Package and name, such as <c>greet.Greeter</c>.</summary>
    public string FullName { get; }

    /// <summary>The methods, as declared.</summary>
    public IReadOnlyList<RoutedMethod> Methods { get; }

    /// <summary>Where instances dial: <c>/greet.GreeterRouter/Register</c>.</summary>
    public string RegisterPath { get; }

    /// <summary>Finds the method whose payload has this field number.</summary>
    public RoutedMethod? FindByNumber(int number) => byNumber.GetValueOrDefault(number);

    /// <inheritdoc/>
    public override string ToString() => FullName;
}
