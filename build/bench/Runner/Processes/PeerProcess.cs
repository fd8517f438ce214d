using System.Globalization;

namespace GrpcRouter.Bench;

/// <summary>Somebody else's proxy with its workers. The kernel's figures answer for it.</summary>
internal sealed class PeerProcess(string name, string command, string folder, params IEnumerable<string> arguments)
    : ServerProcess(name, command, arguments, folder, inputs: false)
{
    public override Task<Usage> ReadAsync()
    {
        ThrowIfEnded();
        double cpu = 0;
        long resident = 0;
        foreach (int id in Family())
        {
            cpu += Directory.EnumerateDirectories($"/proc/{id}/task").Sum(static task => RunTime(task));
            resident += Resident(id);
        }

        return Task.FromResult(new Usage(cpu, null, resident));
    }

    // Nanoseconds on a core, exact where clock ticks are 10 ms each.
    private static double RunTime(string task) =>
        double.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1000;

    private static long Resident(int id)
    {
        string line = File.ReadLines($"/proc/{id}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private List<int> Family()
    {
        List<int> family = [Id];
        for (int i = 0; i < family.Count; i++)
        {
            foreach (string task in Directory.EnumerateDirectories($"/proc/{family[i]}/task"))
            {
                string children = File.ReadAllText($"{task}/children");
                family.AddRange(children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static id => int.Parse(id, CultureInfo.InvariantCulture)));
            }
        }

        return family;
    }
}
