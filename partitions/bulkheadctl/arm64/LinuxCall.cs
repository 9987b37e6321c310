namespace Bulkhead.ControlTool;

/// <summary>Numbers of system calls: the generic table, which arm64 has.</summary>
internal static class LinuxCall
{
    public const ulong OpenAt = 56, Close = 57, Read = 63, Write = 64, PRead = 67, IoCtl = 29, FLock = 32, PPoll = 73, ExitGroup = 94, MMap = 222;
}
