// The tool runs on Linux: QEMU, apt and a Unix file system are what it works with.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
