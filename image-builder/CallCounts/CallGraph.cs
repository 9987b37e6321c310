using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Bulkhead.CallCounts;

/// <summary>Who calls whom in a program of several assemblies, as far as it is reached from outside.</summary>
/// <remarks>A call of an interface's method counts as one of every implementation that has its name.</remarks>
public sealed class CallGraph
{
    private readonly Dictionary<string, Method> _byName = [];
    private readonly Dictionary<string, List<Method>> _implementations = [];
    private readonly Dictionary<string, List<Method>> _ofAssembly = [];
    private readonly FrameSizes _frames = new();

    private CallGraph() { }

    public IReadOnlyList<Method> MethodsOf(string assembly) => _ofAssembly[assembly];

    public static CallGraph Read(IReadOnlyList<string> assemblies)
    {
        CallGraph graph = new();
        List<PEReader> files = [.. assemblies.Select(assembly => new PEReader(File.OpenRead(assembly)))];
        foreach (PEReader file in files)
            graph._frames.Add(file.GetMetadataReader());
        foreach ((string assembly, PEReader file) in assemblies.Zip(files))
            graph.AddMethods(assembly, file);
        foreach ((string assembly, PEReader file) in assemblies.Zip(files))
            graph.AddCalls(assembly, file);
        files.ForEach(file => file.Dispose());
        graph.Reach();
        return graph;
    }

    internal static string TypeOf(MetadataReader reader, CustomAttribute attribute) => TypeNames.Of(reader, attribute.Constructor.Kind == HandleKind.MethodDefinition
        ? reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType()
        : reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent);

    private void AddMethods(string assembly, PEReader file)
    {
        MetadataReader reader = file.GetMetadataReader();
        HashSet<EntityHandle> overrides = [.. reader.TypeDefinitions
            .SelectMany(type => reader.GetTypeDefinition(type).GetMethodImplementations())
            .Select(handle => reader.GetMethodImplementation(handle).MethodBody)];
        // ECMA-335 II.22.26: a row begins with the RVA, four bytes, then ImplFlags.
        int row = file.PEHeaders.MetadataStartOffset + reader.GetTableMetadataOffset(TableIndex.MethodDef);
        List<Method> methods = [];
        foreach (MethodDefinitionHandle handle in reader.MethodDefinitions)
        {
            MethodDefinition definition = reader.GetMethodDefinition(handle);
            string name = reader.GetString(definition.Name), simple = name[(name.LastIndexOf('.') + 1)..];
            MethodBodyBlock? body = definition.RelativeVirtualAddress == 0 ? null : file.GetMethodBody(definition.RelativeVirtualAddress);
            Method method = new(simple, definition.ImplAttributes, row + sizeof(int))
            {
                IlSize = body?.GetILReader().Length ?? 0,
                FrameSize = body is null ? 0 : _frames.Of(reader, body.LocalSignature),
                IsOfCoreLibrary = Path.GetFileNameWithoutExtension(assembly) == "CoreLib",
                IsRoot = definition.GetCustomAttributes().Any(attribute => IsFromOutside(reader, attribute)),
                IsImplementation = definition.Attributes.HasFlag(MethodAttributes.Virtual) && body is not null || overrides.Contains(handle),
            };
            row += reader.GetTableRowSize(TableIndex.MethodDef);
            methods.Add(method);
            _byName.Add(Key(reader, definition.GetDeclaringType(), name, definition.DecodeSignature(new TypeNames(), null)), method);
            if (!method.IsImplementation)
                continue;
            if (!_implementations.TryGetValue(simple, out List<Method>? all))
                _implementations.Add(simple, all = []);
            all.Add(method);
        }
        _ofAssembly.Add(assembly, methods);
    }

    private void AddCalls(string assembly, PEReader file)
    {
        MetadataReader reader = file.GetMetadataReader();
        foreach ((MethodDefinitionHandle handle, Method method) in reader.MethodDefinitions.Zip(_ofAssembly[assembly]))
        {
            if (method.IlSize == 0)
                continue;
            byte[] il = file.GetMethodBody(reader.GetMethodDefinition(handle).RelativeVirtualAddress).GetILBytes()!;
            foreach (int token in IlCode.Methods(il))
            {
                // What the compiler itself supplies, an array's accessors, has no definition.
                if (!_byName.TryGetValue(Key(reader, MetadataTokens.EntityHandle(token)), out Method? called))
                    continue;
                if (called.IlSize != 0)
                    method.Calls.Add(called);
                else
                    method.Calls.AddRange(_implementations.GetValueOrDefault(called.Name) ?? []);
            }
        }
    }

    private void Reach()
    {
        Queue<Method> waiting = new(_ofAssembly.Values.SelectMany(methods => methods).Where(method => method.IsRoot));
        HashSet<Method> reached = [.. waiting];
        while (waiting.TryDequeue(out Method? method))
        {
            foreach (Method called in method.Calls)
            {
                called.Callers.Add(method);
                if (reached.Add(called))
                    waiting.Enqueue(called);
            }
        }
    }

    // What the compiler calls by name in CoreLib is not found; it only reports bugs.
    private static bool IsFromOutside(MetadataReader reader, CustomAttributeHandle handle) =>
        TypeOf(reader, reader.GetCustomAttribute(handle)).EndsWith(".RuntimeExportAttribute", StringComparison.Ordinal);

    private static string Key(MetadataReader reader, EntityHandle method)
    {
        if (method.Kind == HandleKind.MethodSpecification)
            method = reader.GetMethodSpecification((MethodSpecificationHandle)method).Method;
        if (method.Kind == HandleKind.MethodDefinition)
        {
            MethodDefinition definition = reader.GetMethodDefinition((MethodDefinitionHandle)method);
            return Key(reader, definition.GetDeclaringType(), reader.GetString(definition.Name), definition.DecodeSignature(new TypeNames(), null));
        }
        MemberReference reference = reader.GetMemberReference((MemberReferenceHandle)method);
        return Key(reader, reference.Parent, reader.GetString(reference.Name), reference.DecodeMethodSignature(new TypeNames(), null));
    }

    private static string Key(MetadataReader reader, EntityHandle type, string name, in MethodSignature<string> signature) =>
        $"{TypeNames.Of(reader, type)}::{name}{TypeNames.Of(reader, in signature)}";
}
