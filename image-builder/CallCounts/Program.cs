using System.Buffers.Binary;
using Bulkhead.CallCounts;

// Copies a program's assemblies; the copies' methods say whether they are to be inlined, by how many places call them.
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: CallCounts OUT-FOLDER ASSEMBLY...");
    return 2;
}
string[] assemblies = args[1..];
CallGraph graph = CallGraph.Read(assemblies);
Directory.CreateDirectory(args[0]);
foreach (string assembly in assemblies)
{
    byte[] bytes = File.ReadAllBytes(assembly);
    foreach (Method method in graph.MethodsOf(assembly))
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(method.FlagsOffset), (ushort)(method.Flags | Inlining.Of(method)));
    File.WriteAllBytes(Path.Combine(args[0], Path.GetFileName(assembly)), bytes);
}
return 0;
