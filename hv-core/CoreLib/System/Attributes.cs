// Attributes that the C# compiler looks up or that the sources use as marks.
namespace System
{
    public abstract class Attribute;

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class AttributeUsageAttribute(AttributeTargets validOn) : Attribute
    {
        public AttributeTargets ValidOn => validOn;
        public bool AllowMultiple { get; set; }
        public bool Inherited { get; set; }
    }

    public enum AttributeTargets
    {
        Assembly = 1,
        Module = 2,
        Class = 4,
        Struct = 8,
        Enum = 16,
        Constructor = 32,
        Method = 64,
        Property = 128,
        Field = 256,
        Event = 512,
        Interface = 1024,
        Parameter = 2048,
        Delegate = 4096,
        ReturnValue = 8192,
        GenericParameter = 16384,
        All = 32767,
    }

    public sealed class FlagsAttribute : Attribute;

    public sealed class ParamArrayAttribute : Attribute;

    public sealed class ObsoleteAttribute(string? message = null) : Attribute
    {
        public string? Message => message;
    }
}

namespace System.Runtime.CompilerServices
{
    public sealed class CompilerGeneratedAttribute : Attribute;
    public sealed class IsReadOnlyAttribute : Attribute;
    public sealed class IsByRefLikeAttribute : Attribute;
    public sealed class IsUnmanagedAttribute : Attribute;
    public sealed class ScopedRefAttribute : Attribute;
    public sealed class RefSafetyRulesAttribute(int version) : Attribute { public readonly int Version = version; }
    public sealed class NullableAttribute : Attribute
    {
        public NullableAttribute(byte flag) { }
        public NullableAttribute(byte[] flags) { }
    }
    public sealed class NullableContextAttribute(byte flag) : Attribute { public readonly byte Flag = flag; }
    public sealed class ExtensionAttribute : Attribute;
    public sealed class IntrinsicAttribute : Attribute;
    public sealed class SkipLocalsInitAttribute : Attribute;
    public sealed class FixedBufferAttribute(Type type, int length) : Attribute { public readonly Type Type = type; public readonly int Length = length; }
    public sealed class UnsafeValueTypeAttribute : Attribute;
    public sealed class DefaultMemberAttribute(string name) : Attribute { public string Name => name; }
    public sealed class InlineArrayAttribute(int length) : Attribute { public int Length => length; }
    public sealed class TupleElementNamesAttribute(string[] names) : Attribute { public string[] Names => names; }
    public sealed class IsExternalInit;
    public sealed class IsVolatile;
    public sealed class RequiresLocationAttribute : Attribute;
    public sealed class ParamCollectionAttribute : Attribute;
    public sealed class RequiredMemberAttribute : Attribute;
    public sealed class CompilerFeatureRequiredAttribute(string featureName) : Attribute { public string FeatureName => featureName; }
    public sealed class CallerArgumentExpressionAttribute(string parameterName) : Attribute { public string ParameterName => parameterName; }

    public sealed class MethodImplAttribute(MethodImplOptions options) : Attribute
    {
        public MethodImplOptions Value => options;
    }

    public enum MethodImplOptions
    {
        NoInlining = 0x0008,
        NoOptimization = 0x0040,
        AggressiveInlining = 0x0100,
        InternalCall = 0x1000,
    }

    public static class RuntimeFeature
    {
        public const string ByRefFields = nameof(ByRefFields);
        public const string ByRefLikeGenerics = nameof(ByRefLikeGenerics);
        public const string DefaultImplementationsOfInterfaces = nameof(DefaultImplementationsOfInterfaces);
        public const string NumericIntPtr = nameof(NumericIntPtr);
        public const string UnmanagedSignatureCallingConvention = nameof(UnmanagedSignatureCallingConvention);
        public const string VirtualStaticsInInterfaces = nameof(VirtualStaticsInInterfaces);
    }
}

namespace System.Runtime.InteropServices
{
    public enum LayoutKind
    {
        Sequential = 0,
        Explicit = 2,
        Auto = 3,
    }

    public sealed class StructLayoutAttribute(LayoutKind kind) : Attribute
    {
        public LayoutKind Value => kind;
        public int Pack;
        public int Size;
    }

    public sealed class FieldOffsetAttribute(int offset) : Attribute { public int Value => offset; }
    public sealed class InAttribute : Attribute;
    public sealed class OutAttribute : Attribute;

    public enum UnmanagedType;
}

namespace System.Diagnostics
{
    public sealed class ConditionalAttribute(string condition) : Attribute { public string Condition => condition; }
    public sealed class DebuggerDisplayAttribute(string value) : Attribute { public string Value => value; }
}

namespace System.Diagnostics.CodeAnalysis
{
    public sealed class DoesNotReturnAttribute : Attribute;
    public sealed class NotNullWhenAttribute(bool value) : Attribute { public bool Value => value; }
    public sealed class UnscopedRefAttribute : Attribute;
    public sealed class SuppressMessageAttribute(string category, string checkId) : Attribute
    {
        public string Category => category;
        public string CheckId => checkId;
        public string? Justification { get; set; }
    }
}

namespace System.Reflection
{
    public sealed class DefaultMemberAttribute(string name) : Attribute { public string Name => name; }
}

namespace System.Runtime
{
    /// <summary>Names the symbol of an assembly routine that C# calls as one plain call.</summary>
    public sealed class RuntimeImportAttribute : Attribute
    {
        public RuntimeImportAttribute(string dllName, string entryPoint) { }
        public RuntimeImportAttribute(string entryPoint) { }
    }

    /// <summary>Gives a C# method a plain C-ABI symbol that assembly may call.</summary>
    public sealed class RuntimeExportAttribute(string entryPoint) : Attribute { public string EntryPoint => entryPoint; }
}
