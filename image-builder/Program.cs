using System.CommandLine;
using Bulkhead.ImageBuilder.Commands;

RootCommand root = new("Bulkhead: builds and runs appliances of several guests on one board.")
{
    RunCommand.Create(),
    BuildCommand.Create(),
    CheckCommand.Create(),
    InspectCommand.Create(),
    BenchCommand.Create(),
    ExplainCommand.Create(),
    RelockCommand.Create(),
    DoctorCommand.Create(),
};
return root.Parse(args).Invoke();
