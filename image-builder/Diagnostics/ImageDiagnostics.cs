namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>BH03xx: what is wrong with a flash image; `inspect` finds it, the board would too.</summary>
public static class ImageDiagnostics
{
    private const string WriteAgain = "Build the image again, or write it to the flash again, and compare: the same manifest gives the same bytes.";

    public static readonly DiagnosticDescriptor NotAnImage = new("BH0301", "Not a Bulkhead image, or damaged beyond reading")
    {
        FoundInManifest = false,
        Cause = "An image is a GPT disk. Neither the partition table at its beginning nor the one at its end can be read, so nothing is known of "
            + "what lies where.",
        Example = "./bulkhead inspect vmlinuz",
        Fix = "./bulkhead build appliance.yaml -o appliance.img && ./bulkhead inspect appliance.img",
    };

    public static readonly DiagnosticDescriptor DamagedPartitionTable = new("BH0302", "A partition table of the image is damaged")
    {
        FoundInManifest = false,
        Cause = "The GPT is there twice, at the image's two ends, under checksums, and a protective MBR stands before it. One of the three is not as "
            + "the builder writes it. The board does not read them; tools do, and `inspect` goes by the one that is left.",
        Example = "sgdisk --new=0:0:+1M appliance.img      # an image is not for repartitioning",
        Fix = WriteAgain,
    };

    public static readonly DiagnosticDescriptor WrongLength = new("BH0303", "The image is shorter or longer than it says")
    {
        FoundInManifest = false,
        Cause = "The partition table says where the last block is, and the file ends elsewhere: a copy that was cut off, or a file with something "
            + "appended.",
        Example = "head -c 64M appliance.img > flash.bin",
        Fix = "Copy all of it. An image is exactly as large as the board's flash.",
    };

    public static readonly DiagnosticDescriptor MissingPartition = new("BH0304", "The image lacks a partition that every image has")
    {
        FoundInManifest = false,
        Cause = "The partition table is sound, and does not list the first stage, a hypervisor slot or an appliance table: the disk of something "
            + "else, or of another version of this builder.",
        Example = "./bulkhead inspect debian-12-generic-arm64.raw",
        Fix = "Inspect an image with the version of ./bulkhead that built it.",
    };

    public static readonly DiagnosticDescriptor DamagedProgram = new("BH0305", "The reset block, the first stage or a hypervisor is damaged")
    {
        FoundInManifest = false,
        Cause = "A board starts at the image's first word, which branches to the first stage; that checks the SHA-256 of hypervisor a, then of b, and "
            + "starts the first that fits. Here something of this does not agree with its own header.",
        Example = "dd if=new-hypervisor.bin of=appliance.img seek=2 bs=256K conv=notrunc",
        Fix = WriteAgain,
    };

    public static readonly DiagnosticDescriptor RefusedTable = new("BH0306", "The hypervisor would refuse the appliance table")
    {
        FoundInManifest = false,
        Cause = "The table says which guest has what. The hypervisor takes table a, or b when a does not check: magic, version, size, SHA-256, then "
            + "every number in it. The reason given is the hypervisor's own.",
        Example = "./bulkhead inspect image-of-a-newer-version.img",
        Fix = WriteAgain + " If it is about the version, use the ./bulkhead that built the image.",
    };

    public static readonly DiagnosticDescriptor SlotElsewhere = new("BH0307", "The appliance table and the partition table disagree about a slot")
    {
        FoundInManifest = false,
        Cause = "The hypervisor reads a guest's package where the appliance table says its slot is; tools that write packages go by the partition "
            + "table. They have to mean the same bytes.",
        Example = "dd if=other.img of=appliance.img bs=17K count=1 conv=notrunc      # another image's partition table",
        Fix = WriteAgain,
    };

    public static readonly DiagnosticDescriptor RefusedPackage = new("BH0308", "The hypervisor would refuse a guest's package")
    {
        FoundInManifest = false,
        Cause = "A slot holds a header under its own SHA-256, for one guest of one board. This one does not check, so the guest would not start; the "
            + "others would. The reason given is the hypervisor's own.",
        Example = "dd if=package-of-another-guest.bin of=appliance.img bs=256K seek=16 conv=notrunc",
        Fix = WriteAgain,
    };

    public static readonly DiagnosticDescriptor DamagedSegment = new("BH0309", "A segment of a package is damaged")
    {
        FoundInManifest = false,
        Cause = "A package's header is sound, and the kernel, initrd or boot information behind it does not inflate or has another SHA-256 than the "
            + "header says. The guest would not start; the others would.",
        Example = "printf x | dd of=appliance.img bs=1 seek=4206592 conv=notrunc",
        Fix = WriteAgain,
    };

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        NotAnImage, DamagedPartitionTable, WrongLength, MissingPartition, DamagedProgram, RefusedTable, SlotElsewhere, RefusedPackage,
        DamagedSegment,
    ];
}
