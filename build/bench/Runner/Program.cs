using System.Globalization;
using System.Runtime.InteropServices;
using GrpcRouter.Bench;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (RunnerOptions.TryParse(args) is not { } options)
{
    Console.Error.WriteLine(RunnerOptions.Usage);
    return 2;
}

if (options.List)
{
    foreach (Row row in RowCatalog.All)
    {
        Console.WriteLine($"{row.Name,-24}{row.Title}");
    }

    Console.WriteLine($"{FleetRun.Name,-24}10,000 instances against 10");
    Console.WriteLine($"{IsolationRun.Name,-24}what one call's trouble does to others");
    return 0;
}

using Lab lab = new(new H2Load(options.LoadPrefix), options.Port);

// The servers are processes of their own and would outlive this one.
void End(PosixSignalContext signal)
{
    lab.Dispose();
    Environment.Exit(1);
}

using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);

try
{
    Run run = new(lab, options);
    return await run.AllAsync() ? 0 : 1;
}
catch (BenchException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
