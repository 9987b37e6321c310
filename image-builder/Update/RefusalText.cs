namespace Bulkhead.ImageBuilder.Update;

/// <summary>What the update service's refusals mean.</summary>
public static class RefusalText
{
    /// <param name="answer">`error WHY` and perhaps a unit.</param>
    public static string Of(string answer)
    {
        string[] words = answer.Split(' ');
        string text = words.ElementAtOrDefault(1) switch
        {
            "off" => "this appliance's manifest has `management: off`: only its control guest can update it",
            "busy" => "the board carries out another command",
            "no-answer" => "the board does not answer",
            "not-activated" => "the board did not answer, and its slots say that nothing was activated: send it again",
            "no-bundle" => "no bundle was begun, or the board has restarted since",
            "incomplete" => "not all of the bundle has come",
            "not-verified" => "what was written has not been read back",
            "out-of-order" => "bytes came in the wrong order",
            "bad-data" => "what came is not what the protocol says",
            "bad-bundle" => "it is damaged, or not an update bundle: './bulkhead inspect' says more",
            "bad-signature" => "it is signed by none of the keys that this board trusts for it",
            "other-board" => "it is for another board",
            "other-appliance" => "it is for another appliance",
            "unknown-guest" => "it has a guest that the board does not have",
            "no-slot" => "this board cannot update the unit",
            "too-large" => "its part does not fit the slot",
            "bad-package" => "its package is not for this guest, board or memory, or its own signature is wrong",
            "other-channels" => "its package talks versions of the channels that this appliance does not have",
            "other-guests" => "it has other guests than the table that runs, in another order, or with other slots",
            "downgrade" => "a version with a higher rollback index has been confirmed on this board",
            "wrong-digest" => "what the slot holds is not what was sent",
            "trial-running" => "another update is on trial: it must be confirmed or rolled back first",
            "no-trial" => "nothing is on trial, or its new version does not run yet",
            "slot-not-ready" => "the slot to be activated holds nothing whole",
            "flash" => "the board's flash refused to read or write",
            "no-updates" => "this board keeps no state: nothing can be updated",
            "unknown-command" => "the board does not know the command",
            _ => answer,
        };
        return words.Length > 2 && words[1] != "out-of-order" ? $"{words[2]}: {text}" : text;
    }
}
