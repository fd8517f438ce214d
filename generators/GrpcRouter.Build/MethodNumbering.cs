using Google.Protobuf.Reflection;
using GrpcRouter.Schema;
using GrpcRouter.V1;

namespace GrpcRouter.Build;

internal static class MethodNumbering
{
    private const string Option = "option (grpcrouter.v1.method_number)";

    public static int[] Assign(ServiceDescriptorProto service, string serviceName, out IReadOnlyList<Problem> problems)
    {
        var found = new List<Problem>();
        var numbers = new int[service.Method.Count];
        var owners = new Dictionary<int, string>();
        for (var index = 0; index < numbers.Length; index++)
        {
            var method = service.Method[index];
            var pinned = method.Options?.HasExtension(OptionsExtensions.MethodNumber) == true;
            var number = pinned ? method.Options!.GetExtension(OptionsExtensions.MethodNumber) : (uint)MethodNumbers.FromName(method.Name);
            if (number is < MethodNumbers.First or > MethodNumbers.LastPinned)
            {
                found.Add(new(DiagnosticIds.NumberOutOfRange, index,
                    $"Method '{method.Name}' of service '{serviceName}' has the number {number}; {Option} takes {MethodNumbers.First} to {MethodNumbers.LastPinned}."));
                continue;
            }

            numbers[index] = (int)number;
            if (owners.TryGetValue(numbers[index], out var other))
            {
                found.Add(new(DiagnosticIds.NumberCollision, index,
                    $"Methods '{other}' and '{method.Name}' of service '{serviceName}' have the same number {number}. Give the newer one another with {Option}."));
            }
            else
            {
                owners.Add(numbers[index], method.Name);
            }
        }

        problems = found;
        return numbers;
    }

    public readonly record struct Problem(string Id, int Method, string Message);
}
