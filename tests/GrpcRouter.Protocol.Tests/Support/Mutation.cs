namespace GrpcRouter.Protocol.Tests;

/// <summary>A copy of some bytes with a few things wrong.</summary>
internal static class Mutation
{
    public static byte[] Of(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            // Near the front, where lengths and tags are, more often than in the bulk.
            var at = random.NextBool() ? random.Next(Math.Min(bytes.Count, 24) + 1) : random.Next(bytes.Count + 1);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = random.Pick<byte>(0, 0x7F, 0x80, 0xFF);
                    break;
                case 2 when at < bytes.Count:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(Math.Min(20, bytes.Count - at) + 1)));
                    break;
                case 5 when random.OneIn(4):
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, [0x80, 0x80, 0x80, 0x80, 0x10]);
                    break;
            }
        }

        return [.. bytes];
    }
}
