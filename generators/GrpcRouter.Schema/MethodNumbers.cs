using System.Text;

namespace GrpcRouter.Schema;

/// <summary>The field number that a method has in the registration frames when it is not pinned.</summary>
/// <remarks>The rule is part of the wire protocol. It depends on the method's name alone, so that a number survives adding,
/// removing and reordering methods.</remarks>
public static class MethodNumbers
{
    /// <summary>The smallest payload number. The fields of the frame itself lie below it.</summary>
    public const int First = 20000;

    /// <summary>The largest number derived from a name: the last one whose tag takes four bytes.</summary>
    public const int LastDerived = 33554431;

    /// <summary>The largest number that an option may pin: the last field number of protobuf.</summary>
    public const int LastPinned = 536870911;

    /// <summary>The number for a method's simple name: 32-bit FNV-1a over its UTF-8 bytes, folded into
    /// <see cref="First"/> to <see cref="LastDerived"/>.</summary>
    public static int FromName(string name)
    {
        var hash = 2166136261u;
        foreach (var octet in Encoding.UTF8.GetBytes(name))
        {
            hash = unchecked((hash ^ octet) * 16777619u);
        }

        return First + (int)(hash % (LastDerived - First + 1));
    }
}
