using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Bulkhead.Simulation.Mutants;

/// <summary>This program once more, from the same sources with one of them changed.</summary>
internal sealed class MutantCompiler
{
    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.CSharp14);

    private readonly Dictionary<string, SyntaxTree> _trees;
    private readonly MetadataReference[] _references;

    public MutantCompiler()
    {
        _trees = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "sources.txt"))
            .ToDictionary(path => path, path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), s_parse, path));
        _references = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Where(path => Path.GetFileName(path) != "Simulation.dll").Select(path => MetadataReference.CreateFromFile(path))];
    }

    /// <summary>Whether its text stands in its file, once: code moves on, and a list beside it does not by itself.</summary>
    public bool Applies(Mutant mutant) => SourceOf(mutant, out _).Split(mutant.Text).Length == 2;

    /// <summary>Writes a program that 'dotnet' runs.</summary>
    public void Write(Mutant mutant, string program)
    {
        string source = SourceOf(mutant, out string path);
        SyntaxTree changed = CSharpSyntaxTree.ParseText(source.Replace(mutant.Text, mutant.Wrong, StringComparison.Ordinal), s_parse, path);
        CSharpCompilation compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(program),
            _trees.Select(tree => tree.Key == path ? changed : tree.Value),
            _references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        EmitResult result = compilation.Emit(program);
        if (!result.Success)
            throw new InvalidOperationException($"mutant '{mutant.Name}' does not compile: {result.Diagnostics.First(one => one.Severity == DiagnosticSeverity.Error)}");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Simulation.runtimeconfig.json"), Path.ChangeExtension(program, ".runtimeconfig.json"), true);
    }

    private string SourceOf(Mutant mutant, out string path)
    {
        path = _trees.Keys.Single(path => path.EndsWith("/" + mutant.File, StringComparison.Ordinal));
        return _trees[path].GetText().ToString();
    }
}
