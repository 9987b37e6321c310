using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Qemu;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Qemu;

public sealed class QemuChoiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-qemu").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void Without_a_wish_it_is_this_machines()
    {
        QemuChoice choice = Choose(Fake("7.2.22"), null);
        Assert.True(choice.IsMachines);
        choice.Provide();
    }

    [Theory]
    [InlineData("7")]
    [InlineData("7.2")]
    [InlineData("7.2.22")]
    public void This_machines_is_new_enough(string wanted) => Assert.True(Choose(Fake("7.2.22"), wanted).IsMachines);

    [Theory]
    [InlineData("7.3")]
    [InlineData("10.0")]
    public void A_newer_one_is_our_own(string wanted)
    {
        string machines = Fake("7.2.22");
        ToolRoot tools = new(_folder, new Progress<string>());
        string own = tools.Command(machines, QemuChoice.PackageOf(machines));
        Assert.Equal(own, new QemuChoice(machines, wanted, tools).Command);
        Assert.False(new QemuChoice(machines, wanted, tools).IsMachines);
    }

    [Theory]
    [InlineData("/opt/qemu/bin/qemu-system-aarch64")]
    [InlineData("qemu-10.0")]
    public void A_file_is_taken_as_it_is(string wanted)
    {
        QemuChoice choice = Choose(Fake("7.2.22"), wanted);
        Assert.Equal(wanted, choice.Command);
        Assert.False(choice.IsMachines);
        choice.Provide();
    }

    private QemuChoice Choose(string program, string? wanted) => new(program, wanted, new ToolRoot(_folder, new Progress<string>()));

    private string Fake(string version)
    {
        string file = Path.Combine(_folder, "qemu");
        File.WriteAllText(file, $"#!/bin/sh\necho 'QEMU emulator version {version} (Debian 1:{version}+dfsg)'\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return file;
    }
}
