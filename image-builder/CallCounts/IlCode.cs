using System.Buffers.Binary;
using System.Reflection.Emit;

namespace Bulkhead.CallCounts;

/// <summary>The methods that a body names.</summary>
internal static class IlCode
{
    private static readonly Dictionary<int, OpCode> _codes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value & 0xffff);

    /// <returns>Tokens, in order; that of a method whose address is taken twice, since it may be called from anywhere.</returns>
    public static IEnumerable<int> Methods(byte[] il)
    {
        for (int at = 0; at < il.Length;)
        {
            int value = il[at++];
            if (value == 0xfe)
                value = value << 8 | il[at++];
            OpCode code = _codes[value];
            if (code.OperandType == OperandType.InlineMethod)
            {
                int token = BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at));
                yield return token;
                if (code.FlowControl != FlowControl.Call)
                    yield return token;
            }
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at)),
                _ => 4,
            };
        }
    }
}
