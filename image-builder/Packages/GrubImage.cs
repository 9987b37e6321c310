namespace Bulkhead.ImageBuilder.Packages;

/// <summary>A core image of GRUB's, made of Debian's modules and a few lines that it carries.</summary>
public static class GrubImage
{
    private const string BiosPackage = "grub-pc-bin", EfiPackage = "grub-efi-amd64-bin";

    /// <summary>Debian packages with the modules.</summary>
    public static IReadOnlyList<string> Packages => [BiosPackage, EfiPackage];

    /// <summary>The folder of the modules for a BIOS, and of boot.img.</summary>
    public static string BiosModules(DebianArchive archive, LockFile locks) => Path.Combine(archive.Unpack(locks.Get(BiosPackage, archive)), "usr/lib/grub/i386-pc");

    /// <summary>The folder of the modules for UEFI.</summary>
    public static string EfiModules(DebianArchive archive, LockFile locks) => Path.Combine(archive.Unpack(locks.Get(EfiPackage, archive)), "usr/lib/grub/x86_64-efi");

    /// <param name="modules">The folder that has them; its name is the format.</param>
    /// <param name="prefix">Where GRUB believes its files to be.</param>
    /// <param name="script">Read line by line, without a shell.</param>
    /// <param name="wanted">The modules that the script needs.</param>
    public static byte[] Make(string modules, string prefix, string script, IReadOnlyList<string> wanted)
    {
        string folder = Directory.CreateTempSubdirectory("bulkhead-grub").FullName;
        try
        {
            string scriptFile = Path.Combine(folder, "grub.cfg"), output = Path.Combine(folder, "image");
            File.WriteAllText(scriptFile, script);
            Tool.Run("grub-mkimage", ["-d", modules, "-O", Path.GetFileName(modules), "-p", prefix, "-c", scriptFile, "-o", output, .. wanted]);
            return File.ReadAllBytes(output);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }
}
