namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>BH00xx: the text of a manifest and the values in it, whatever they mean.</summary>
public static class SyntaxDiagnostics
{
    public static readonly DiagnosticDescriptor Unreadable = new("BH0001", "The file cannot be read")
    {
        Cause = "The file does not exist, may not be read, is larger than 1 MiB or is not UTF-8 text.",
        Example = "./bulkhead check partitions/demo/aplliance.yaml",
        Fix = "Check the path. If the position points into the file, save it as UTF-8 in your editor.",
    };

    public static readonly DiagnosticDescriptor NotYaml = new("BH0002", "The text is not YAML")
    {
        Cause = "A bracket or quote is not closed, an indentation does not fit, or a tab indents a line. The rest of the file "
            + "cannot be understood, so other errors in it are found only after this one is repaired.",
        Example = "cpus: [0, 1",
        Fix = "cpus: [0, 1]",
    };

    public static readonly DiagnosticDescriptor DuplicateKey = new("BH0003", "A key stands twice in one mapping")
    {
        Cause = "YAML tools differ in whether the first or the last of two equal keys counts, so neither does here.",
        Example = "guests:\n  app: {...}\n  app: {...}",
        Fix = "Remove one of the two, or give the second guest its own name.",
    };

    public static readonly DiagnosticDescriptor Forbidden = new("BH0004", "Anchors, aliases and tags are not allowed")
    {
        Cause = "A manifest is read by people who sign for what is in it: what stands in a place is what counts there. Anchors (&), "
            + "aliases (*) and tags (!) say it somewhere else.",
        Example = "memory: &size 64 MiB\n...\nmemory: *size",
        Fix = "Write the value out in each place. If the text itself begins with & * or !, put it in quotes.",
    };

    public static readonly DiagnosticDescriptor SeveralDocuments = new("BH0005", "The file holds more than one document")
    {
        Cause = "A line of three dashes begins another YAML document; one file describes one board or one appliance.",
        Example = "appliance: demo\n---\nappliance: other",
        Fix = "Move the second document into a file of its own.",
    };

    public static readonly DiagnosticDescriptor UnknownKey = new("BH0006", "An unknown key")
    {
        Cause = "Nothing reads this key here. It is an error, not a warning, because a misspelt key would otherwise leave its default "
            + "in force in silence.",
        Example = "memroy: 64 MiB",
        Fix = "memory: 64 MiB\nThe schema that the file's first line names lets an editor complete and check keys while you type.",
    };

    public static readonly DiagnosticDescriptor MissingKey = new("BH0007", "A key is missing")
    {
        Cause = "The key has no default that would be right for everybody.",
        Example = "app:\n  memory: 64 MiB       # and no cpus",
        Fix = "app:\n  memory: 64 MiB\n  cpus: [2]",
    };

    public static readonly DiagnosticDescriptor WrongShape = new("BH0008", "Another kind of value is expected")
    {
        Cause = "A list, a mapping or a single value stands where another of the three is expected.",
        Example = "cpus: 0",
        Fix = "cpus: [0]",
    };

    public static readonly DiagnosticDescriptor NoValue = new("BH0009", "The value is empty")
    {
        Cause = "The key is there but nothing follows it (or `null` or `~`, which mean the same).",
        Example = "memory:",
        Fix = "Write a value, or remove the key if it is optional. An empty text is written \"\", an empty list [].",
    };

    public static readonly DiagnosticDescriptor NotANumber = new("BH0010", "Not a whole number")
    {
        Cause = "Numbers are written in decimal without leading zeros, or in hexadecimal after 0x. `010` is refused because it means "
            + "8 to some YAML readers and 10 to others.",
        Example = "cpus: [01]",
        Fix = "cpus: [1]",
    };

    public static readonly DiagnosticDescriptor OutOfRange = new("BH0011", "The value is out of range")
    {
        Cause = "The number, size or address is well written but smaller or larger than it may be.",
        Example = "uart_intid: 12          # shared peripheral interrupts are 32..1019",
        Fix = "uart_intid: 33",
    };

    public static readonly DiagnosticDescriptor NotASize = new("BH0012", "Not a size")
    {
        Cause = "A size is a whole number and a unit, B, KiB, MiB or GiB, or a number of bytes in hexadecimal. Units of a thousand (MB) and "
            + "bare numbers are refused because a reader cannot tell what was meant.",
        Example = "memory: 256 MB",
        Fix = "memory: 256 MiB",
    };

    public static readonly DiagnosticDescriptor NotAnAddress = new("BH0013", "Not an address")
    {
        Cause = "Addresses are written in hexadecimal after 0x, as the manuals of boards write them.",
        Example = "uart: 9000000",
        Fix = "uart: 0x09000000",
    };

    public static readonly DiagnosticDescriptor NotAChoice = new("BH0014", "Not one of the words that are possible here")
    {
        Cause = "The key takes one of a few words. Of true and false only these two spellings count; yes, no, on and off do not.",
        Example = "dma: yes",
        Fix = "dma: true",
    };

    public static readonly DiagnosticDescriptor BadName = new("BH0015", "The name cannot be used")
    {
        Cause = "Names of appliances, boards, guests and devices have 1 to 15 characters, a-z, 0-9 and -, and begin with a letter: they stand "
            + "before every console line, in the flash image's partition names and in fixed fields of its tables. The name `bulkhead` "
            + "is the hypervisor's own on the console.",
        Example = "guests:\n  Gateway_1: {...}",
        Fix = "guests:\n  gateway-1: {...}",
    };

    public static readonly DiagnosticDescriptor BadText = new("BH0016", "The text cannot be used")
    {
        Cause = "The text has characters that its use does not allow, or is too long: a kernel's command line has at most 2047 printable ASCII "
            + "characters on one line; names of packages and modules have the form their owners define.",
        Example = "modules: [\"virtio net\"]",
        Fix = "modules: [virtio_net]",
    };

    public static readonly DiagnosticDescriptor TooDeep = new("BH0017", "Nested too deeply")
    {
        Cause = "No manifest needs more than a few levels; the reader stops at 16.",
        Example = "args: [[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]",
        Fix = "Remove the extra brackets.",
    };

    public static readonly DiagnosticDescriptor WrongCount = new("BH0018", "Too many or too few entries")
    {
        Cause = "The appliance table that the hypervisor reads has a fixed size: 8 guests, 8 CPUs, 4 ranges of RAM, and for each guest 16 mapped "
            + "ranges and 16 interrupts. And nothing runs without at least one guest, one CPU and one range of RAM.",
        Example = "cpus: []",
        Fix = "cpus: [0]",
    };

    public static readonly DiagnosticDescriptor Misaligned = new("BH0019", "Not aligned")
    {
        Cause = "Memory is mapped in pages and blocks and flash is erased in blocks; a base or size that is not a multiple of them would "
            + "share its first or last block with a neighbour. Guest memory is counted in 2 MiB, device pages in 4 KiB, flash slots in "
            + "the board's erase blocks.",
        Example = "memory: 17 MiB",
        Fix = "memory: 18 MiB",
    };

    public static readonly DiagnosticDescriptor BeyondAddresses = new("BH0020", "The range ends beyond the last address")
    {
        Cause = "Base plus size is more than the address space holds: 39 bits (512 GiB) for a guest, 48 bits for the board. RAM and the "
            + "devices that the hypervisor keeps must also be within reach of its own tables: 37 bits (128 GiB) on arm64, 47 on x86-64.",
        Example = "ram:\n  - {base: 0xffffff000000, size: 2 GiB}",
        Fix = "Correct the base or the size.",
    };

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        Unreadable, NotYaml, DuplicateKey, Forbidden, SeveralDocuments, UnknownKey, MissingKey, WrongShape, NoValue, NotANumber,
        OutOfRange, NotASize, NotAnAddress, NotAChoice, BadName, BadText, TooDeep, WrongCount, Misaligned, BeyondAddresses,
    ];
}
