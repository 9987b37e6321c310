using System.Text;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>A cpio archive in the newc form that Linux takes as an initramfs. Owner 0, time 0: reproducible.</summary>
public sealed class CpioWriter
{
    private const uint DirectoryMode = 0x41ed;  // 040755
    private const uint SymlinkMode = 0xa1ff;    // 120777
    private const uint CharacterMode = 0x2180;  // 020600

    private readonly MemoryStream _archive = new();
    private uint _inode = 1;

    public void Directory(string path) => Entry(path, DirectoryMode, [], 0, 0);

    public void File(string path, ReadOnlySpan<byte> content, bool executable) =>
        Entry(path, executable ? 0x81edu : 0x81a4u, content, 0, 0);

    public void Symlink(string path, string target) => Entry(path, SymlinkMode, Encoding.UTF8.GetBytes(target), 0, 0);

    public void CharacterDevice(string path, uint major, uint minor) => Entry(path, CharacterMode, [], major, minor);

    public byte[] Finish()
    {
        Entry("TRAILER!!!", 0, [], 0, 0);
        return _archive.ToArray();
    }

    private void Entry(string path, uint mode, ReadOnlySpan<byte> content, uint major, uint minor)
    {
        byte[] name = Encoding.UTF8.GetBytes(path.TrimStart('/') + '\0');
        string links = mode == DirectoryMode ? "00000002" : "00000001";
        string header = $"070701{_inode++:X8}{mode:X8}{0:X8}{0:X8}{links}{0:X8}{content.Length:X8}{0:X8}{0:X8}{major:X8}{minor:X8}{name.Length:X8}{0:X8}";
        _archive.Write(Encoding.ASCII.GetBytes(header));
        _archive.Write(name);
        Pad();
        _archive.Write(content);
        Pad();
    }

    private void Pad()
    {
        while (_archive.Position % 4 != 0)
            _archive.WriteByte(0);
    }
}
