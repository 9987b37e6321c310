using System.CommandLine;
using Bulkhead.ImageBuilder.Signing;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead keys: the keys that sign.</summary>
public static class KeysCommand
{
    public static Command Create() => new("keys", "Make and show the keys that sign hypervisor, table and packages.") { New(), Show() };

    private static Command New()
    {
        Argument<string> name = new("NAME") { Description = "Writes NAME.pem, for whoever signs, and NAME.pub.pem." };
        Option<bool> development = new("--development") { Description = "Mark the key: no appliance with `production: true` trusts it." };
        Command command = new("new", "Make an RSA-3072 key.") { name, development };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            Print(SigningKey.Load(SigningKey.Create(Stem(parsed.GetRequiredValue(name)), parsed.GetValue(development))));
            return ExitCode.Ok;
        }, ExitCode.Failed));
        return command;
    }

    private static Command Show()
    {
        Argument<string[]> files = new("FILE.pem") { Description = "Keys.", Arity = ArgumentArity.OneOrMore };
        Command command = new("show", "Say which keys these are.") { files };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            foreach (string file in parsed.GetRequiredValue(files))
                Print(SigningKey.Load(file));
            return ExitCode.Ok;
        }, ExitCode.Failed));
        return command;
    }

    // Who says the file's name means that file.
    private static string Stem(string name) => name.EndsWith(".pem", StringComparison.Ordinal) ? name[..^".pem".Length] : name;

    private static void Print(SigningKey key) =>
        Console.WriteLine($"{key.Fingerprint}  {key.File}: RSA-3072, {(key.CanSign ? "private" : "public")}{(key.IsDevelopment ? ", for development" : "")}");
}
