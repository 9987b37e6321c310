using Bulkhead.ImageBuilder.Update;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>What an update is for: an image's file, or the board that runs here.</summary>
internal static class UpdateTarget
{
    /// <returns>Null after saying why there is none.</returns>
    public static IUpdateChannel? Open(string? image, int? run, bool writable)
    {
        if (image is not null)
            return new ImageChannel(image, writable);
        return LiveBoard.Find(run) is { } board ? new BoardChannel(board) : null;
    }
}
