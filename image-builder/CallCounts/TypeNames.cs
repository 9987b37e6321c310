using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Bulkhead.CallCounts;

/// <summary>Types and signatures as text that is the same in every assembly; a generic type's instances have its own name.</summary>
internal sealed class TypeNames : ISignatureTypeProvider<string, object?>
{
    public static string Of(MetadataReader reader, EntityHandle type) => type.Kind switch
    {
        HandleKind.TypeDefinition => Of(reader, (TypeDefinitionHandle)type),
        HandleKind.TypeReference => Of(reader, (TypeReferenceHandle)type),
        _ => reader.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(new TypeNames(), null),
    };

    public static string Of(MetadataReader reader, in MethodSignature<string> signature) =>
        $"`{signature.GenericParameterCount}({string.Join(',', signature.ParameterTypes)}){signature.ReturnType}";

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Of(reader, handle);
    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Of(reader, handle);
    public string GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind) => Of(reader, handle);
    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => genericType;
    public string GetGenericMethodParameter(object? context, int index) => $"!!{index}";
    public string GetGenericTypeParameter(object? context, int index) => $"!{index}";
    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();
    public string GetArrayType(string elementType, ArrayShape shape) => elementType + "[,]";
    public string GetSZArrayType(string elementType) => elementType + "[]";
    public string GetByReferenceType(string elementType) => elementType + "&";
    public string GetPointerType(string elementType) => elementType + "*";
    public string GetPinnedType(string elementType) => elementType;
    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;
    public string GetFunctionPointerType(MethodSignature<string> signature) => "*()";

    private static string Of(MetadataReader reader, TypeDefinitionHandle handle)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        string name = reader.GetString(type.Name);
        return type.IsNested ? $"{Of(reader, type.GetDeclaringType())}+{name}"
            : Of(reader.GetAssemblyDefinition().Name, type.Namespace, name, reader);
    }

    private static string Of(MetadataReader reader, TypeReferenceHandle handle)
    {
        TypeReference type = reader.GetTypeReference(handle);
        string name = reader.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference ? $"{Of(reader, (TypeReferenceHandle)type.ResolutionScope)}+{name}"
            : Of(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name, type.Namespace, name, reader);
    }

    private static string Of(StringHandle assembly, StringHandle space, string name, MetadataReader reader) =>
        $"[{reader.GetString(assembly)}]{reader.GetString(space)}.{name}";
}
