namespace Bulkhead.ControlTool;

/// <summary>Numbers of system calls.</summary>
internal static class LinuxCall
{
    public const ulong OpenAt = 257, Close = 3, Read = 0, Write = 1, PRead = 17, IoCtl = 16, FLock = 73, PPoll = 271, ExitGroup = 231, MMap = 9;
}
