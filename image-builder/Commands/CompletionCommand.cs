using System.CommandLine;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead completion bash|zsh: a script for the shell, made from the commands themselves.</summary>
public static class CompletionCommand
{
    public static Command Create(RootCommand root)
    {
        Argument<string> shell = new("SHELL") { Description = "bash or zsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        Command command = new("completion", "Print a completion script. bash: source <(./bulkhead completion bash); zsh: the same after 'compinit'.") { shell };
        command.SetAction(parsed =>
        {
            Console.Write(parsed.GetRequiredValue(shell) == "bash" ? Bash(root) : Zsh(root));
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Bash(RootCommand root) => $$"""
        # bash completion of ./bulkhead; source it.
        _bulkhead() {
            local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} command= i
            for ((i = 1; i < COMP_CWORD; i++)); do
                case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac
            done
            case $last in
                --board) COMPREPLY=($(compgen -W "$(ls "$(dirname "${COMP_WORDS[0]}")/boards" 2>/dev/null)" -- "$word")); return ;;
                --log) COMPREPLY=($(compgen -d -- "$word")); return ;;
            esac
            local words=
            case $command in
                '') words='{{string.Join(' ', Commands(root))}} {{string.Join(' ', Options(root))}}' ;;
        {{Cases(root, command => $"        {command.Name}) words='{string.Join(' ', Words(root, command))}' ;;")}}
            esac
            COMPREPLY=($(compgen -W "$words" -- "$word"))
            [[ -n $command && $word != -* ]] && COMPREPLY+=($(compgen -f -- "$word"))
        }
        complete -o filenames -F _bulkhead bulkhead ./bulkhead

        """;

    private static string Zsh(RootCommand root) => $$"""
        # zsh completion of ./bulkhead; source it after 'autoload -U compinit && compinit'.
        _bulkhead() {
            if (( CURRENT == 2 )); then
                local -a commands=(
        {{Cases(root, command => $"            {Quote($"{command.Name}:{FirstSentence(command.Description)}")}")}}
                )
                _describe command commands
                return
            fi
            local -a offered
            case $words[2] in
        {{Cases(root, command => $"        {command.Name}) offered=({string.Join(' ', Words(root, command).Select(Quote))}) ;;")}}
            esac
            compadd -a offered
            [[ $PREFIX == -* ]] || _files
        }
        compdef _bulkhead bulkhead ./bulkhead

        """;

    private static string Cases(RootCommand root, Func<Command, string> line) => string.Join('\n', root.Subcommands.Select(line));

    private static IEnumerable<string> Commands(RootCommand root) => root.Subcommands.Select(command => command.Name);

    private static IEnumerable<string> Options(Command command) =>
        command.Options.Where(option => !option.Hidden).Select(option => option.Name).Where(name => name.StartsWith("--", StringComparison.Ordinal));

    private static IEnumerable<string> Words(RootCommand root, Command command) =>
        (command.Name == "completion" ? ["bash", "zsh"] : Array.Empty<string>()).Concat(Options(command)).Concat(Options(root)).Distinct();

    private static string FirstSentence(string? text) => (text ?? "").Split('.', ':', ';')[0];

    private static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
