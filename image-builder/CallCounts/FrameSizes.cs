using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;

namespace Bulkhead.CallCounts;

/// <summary>What the locals of a method take of its frame, in bytes: without what alignment adds, and a type parameter as one word.</summary>
internal sealed class FrameSizes : ISignatureTypeProvider<int, object?>
{
    private const int Word = 8;

    private readonly Dictionary<string, (MetadataReader Reader, TypeDefinitionHandle Type)> _types = [];
    private readonly Dictionary<string, int> _known = [];

    public void Add(MetadataReader reader)
    {
        foreach (TypeDefinitionHandle type in reader.TypeDefinitions)
            _types.Add(TypeNames.Of(reader, type), (reader, type));
    }

    public int Of(MetadataReader reader, StandaloneSignatureHandle locals) =>
        locals.IsNil ? 0 : reader.GetStandaloneSignature(locals).DecodeLocalSignature(this, null).Sum();

    public int GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Of(TypeNames.Of(reader, handle));
    public int GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Of(TypeNames.Of(reader, handle));
    public int GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, null);
    public int GetGenericInstantiation(int genericType, ImmutableArray<int> typeArguments) => genericType;
    public int GetGenericMethodParameter(object? context, int index) => Word;
    public int GetGenericTypeParameter(object? context, int index) => Word;
    public int GetArrayType(int elementType, ArrayShape shape) => Word;
    public int GetSZArrayType(int elementType) => Word;
    public int GetByReferenceType(int elementType) => Word;
    public int GetPointerType(int elementType) => Word;
    public int GetPinnedType(int elementType) => elementType;
    public int GetModifiedType(int modifier, int unmodifiedType, bool isRequired) => unmodifiedType;
    public int GetFunctionPointerType(MethodSignature<int> signature) => Word;
    public int GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode switch
    {
        PrimitiveTypeCode.Boolean or PrimitiveTypeCode.Byte or PrimitiveTypeCode.SByte => 1,
        PrimitiveTypeCode.Char or PrimitiveTypeCode.Int16 or PrimitiveTypeCode.UInt16 => 2,
        PrimitiveTypeCode.Int32 or PrimitiveTypeCode.UInt32 or PrimitiveTypeCode.Single => 4,
        _ => Word,
    };

    private int Of(string name)
    {
        if (_known.TryGetValue(name, out int size))
            return size;
        if (!_types.TryGetValue(name, out var found) || !IsValue(found.Reader, found.Type))
            return _known[name] = Word;
        MetadataReader reader = found.Reader;
        TypeDefinition type = reader.GetTypeDefinition(found.Type);
        size = type.GetFields().Select(reader.GetFieldDefinition)
            .Where(field => !field.Attributes.HasFlag(FieldAttributes.Static))
            .Sum(field => field.DecodeSignature(this, null));
        return _known[name] = Math.Max(size * InlineArrayLength(reader, type), type.GetLayout().Size);
    }

    private static bool IsValue(MetadataReader reader, TypeDefinitionHandle type) =>
        reader.GetTypeDefinition(type).BaseType is { IsNil: false } parent
        && TypeNames.Of(reader, parent) is var name && (name.EndsWith("]System.ValueType", StringComparison.Ordinal) || name.EndsWith("]System.Enum", StringComparison.Ordinal));

    private static int InlineArrayLength(MetadataReader reader, TypeDefinition type)
    {
        foreach (CustomAttribute attribute in type.GetCustomAttributes().Select(reader.GetCustomAttribute))
        {
            if (!CallGraph.TypeOf(reader, attribute).EndsWith(".InlineArrayAttribute", StringComparison.Ordinal))
                continue;
            // ECMA-335 II.23.3: a prolog of two bytes, then the constructor's argument.
            BlobReader value = reader.GetBlobReader(attribute.Value);
            value.ReadUInt16();
            return value.ReadInt32();
        }
        return 1;
    }
}
