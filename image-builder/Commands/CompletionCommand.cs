using System.CommandLine;
using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead completion bash|zsh: a script for the shell, made from the commands themselves.</summary>
public static class CompletionCommand
{
    private const string Description = "Print a completion script for a shell: 'source <(./bulkhead completion bash)', or zsh, there after 'compinit'.";

    public static Command Create(RootCommand root)
    {
        Argument<string> shell = new("SHELL") { Description = "bash or zsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        Command command = new("completion", Description) { shell };
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
            local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} command= options= words= i
            for ((i = 1; i < COMP_CWORD; i++)); do
                case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac
            done
            COMPREPLY=()
            case $last in
                --board) COMPREPLY=($(compgen -W "$(ls "$(dirname "${COMP_WORDS[0]}")/boards" 2>/dev/null)" -- "$word")); return ;;
                --log) COMPREPLY=($(compgen -d -- "$word")); return ;;
                {{string.Join('|', Options(root).Concat(root.Subcommands.SelectMany(Options)).Where(TakesText).Select(option => option.Name).Distinct())}}) return ;;
            esac
            case $command in
                '') words='{{string.Join(' ', root.Subcommands.Select(one => one.Name))}}' options='{{string.Join(' ', Names(root, root))}}' ;;
        {{Cases(root, one => $"        {one.Name}) words='{string.Join(' ', Words(one))}' options='{string.Join(' ', Names(root, one))}' ;;")}}
            esac
            case $word in
                -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
                *) if [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$word")); else COMPREPLY=($(compgen -f -- "$word")); fi ;;
            esac
        }
        complete -o filenames -F _bulkhead bulkhead ./bulkhead

        """;

    private static string Zsh(RootCommand root) => $$"""
        # zsh completion of ./bulkhead; source it after 'autoload -U compinit && compinit'.
        _bulkhead() {
            local command= i
            for ((i = 2; i < CURRENT; i++)); do
                [[ $words[i] == -* ]] || { command=$words[i]; break }
            done
            case $words[CURRENT-1] in
                --board) local -a boards=(${words[1]:h}/boards/*(/N:t)); compadd -a boards; return ;;
                --log) _files -/; return ;;
                {{string.Join('|', Options(root).Concat(root.Subcommands.SelectMany(Options)).Where(TakesText).Select(option => option.Name).Distinct())}}) return ;;
            esac
            local -a offered options
            case $command in
                '') offered=({{string.Join(' ', root.Subcommands.Select(one => Quote($"{one.Name}:{FirstSentence(one.Description)}")))}})
                    options=({{string.Join(' ', Names(root, root))}}) ;;
        {{Cases(root, one => $"        {one.Name}) offered=({string.Join(' ', Words(one))}) options=({string.Join(' ', Names(root, one))}) ;;")}}
            esac
            if [[ $PREFIX == -* ]]; then
                compadd -a options
            elif (( $#offered )); then
                _describe word offered
            else
                _files
            fi
        }
        compdef _bulkhead bulkhead ./bulkhead

        """;

    private static string Cases(RootCommand root, Func<Command, string> line) => string.Join('\n', root.Subcommands.Select(line));

    private static IEnumerable<Option> Options(Command command) => command.Options.Where(option => !option.Hidden);

    // What follows is neither a file nor one of a few words.
    private static bool TakesText(Option option) => option.ValueType != typeof(bool) && option.Name is "--timeout" or "--expect" or "--send" or "--filter";

    private static IEnumerable<string> Names(RootCommand root, Command command) =>
        Options(command).Concat(Options(root).Where(option => option.Recursive)).SelectMany(option => option.Aliases.Prepend(option.Name))
            .Where(name => name.StartsWith("--", StringComparison.Ordinal)).Append("--help").Distinct();

    /// <summary>The words that a command knows in place of files.</summary>
    private static IEnumerable<string> Words(Command command) => command.Name switch
    {
        "completion" => ["bash", "zsh"],
        "explain" => DiagnosticCatalogue.All.Select(diagnostic => diagnostic.Code),
        _ => [],
    };

    private static string FirstSentence(string? text) => (text ?? "").Split('.', ':', ';')[0];

    private static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
