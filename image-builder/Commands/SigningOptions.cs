using System.CommandLine;
using Bulkhead.ImageBuilder.Signing;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>The options of commands that sign, for keys whose private part is elsewhere.</summary>
internal sealed class SigningOptions
{
    private readonly Option<string?> _folder = new("--emit-tbs")
    {
        Description = "Leave what somebody else must sign in this folder, as NAME.tbs.",
        HelpName = "FOLDER",
    };

    private readonly Option<string[]> _signatures = new("--signature")
    {
        Description = "A signature that was made elsewhere, or a folder of NAME.sig; may be given several times.",
        HelpName = "FILE",
    };

    public SigningOptions() => _signatures.Validators.Add(result =>
    {
        // Before the build: a mistyped name shall not cost one.
        foreach (string missing in result.Tokens.Select(token => token.Value).Where(path => !Path.Exists(path)))
            result.AddError($"--signature: there is no file or folder {missing}");
    });

    public void AddTo(Command command)
    {
        command.Add(_folder);
        command.Add(_signatures);
    }

    public ExternalSigning Of(ParseResult parsed) => new(parsed.GetValue(_folder), parsed.GetValue(_signatures) ?? []);
}
