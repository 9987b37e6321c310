using System.Threading.Channels;
using Bulkhead.ImageBuilder.Qemu;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Qemu;

public sealed class StatusWatchTests
{
    private readonly Channel<string> _asked = Channel.CreateUnbounded<string>(), _shown = Channel.CreateUnbounded<string>();
    private string[] _list = ["guest a delayed starts 1", "ok"];

    [Fact]
    public async Task It_asks_when_something_was_said_and_again_while_a_guest_is_on_its_way()
    {
        using StatusWatch watch = new(Answer, states => _shown.Writer.TryWrite(states.Line));
        Task run = watch.Run();
        Assert.Equal(0, _asked.Reader.Count);
        for (int i = 0; i < 100; i++)
            watch.Wake();
        Assert.Equal(" a restarting 1 ", await _shown.Reader.ReadAsync());
        _list = ["guest a running starts 2", "ok"];
        // Nobody wakes it.
        while (await _shown.Reader.ReadAsync() != " a running ") { }
        watch.Dispose();
        await run;
        Assert.InRange(_asked.Reader.Count, 4, 100);
    }

    [Fact]
    public async Task A_board_without_a_management_console_is_asked_once()
    {
        _list = ["error off"];
        using StatusWatch watch = new(Answer, states => _shown.Writer.TryWrite(states.Line));
        Task run = watch.Run();
        watch.Wake();
        await run;
        Assert.Equal((1, 0), (_asked.Reader.Count, _shown.Reader.Count));
    }

    [Fact]
    public async Task A_board_that_does_not_answer_is_asked_again()
    {
        bool isAwake = false;
        using StatusWatch watch = new(async command => isAwake ? await Answer(command) : Silence(), states => _shown.Writer.TryWrite(states.Line));
        Task run = watch.Run();
        watch.Wake();
        Assert.Equal(" a restarting 1 ", await _shown.Reader.ReadAsync());

        IReadOnlyList<string> Silence()
        {
            isAwake = true;
            throw new TimeoutException();
        }
    }

    private Task<IReadOnlyList<string>> Answer(string command)
    {
        _asked.Writer.TryWrite(command);
        return Task.FromResult<IReadOnlyList<string>>(command == "list" ? _list : ["error no-updates"]);
    }
}
