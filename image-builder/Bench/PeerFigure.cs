namespace Bulkhead.ImageBuilder.Bench;

/// <summary>What one operation of the yardstick costs, in instructions: without a hypervisor, at most with ours, and with each peer of its table. Null: no figure.</summary>
public sealed record PeerFigure(string Operation, int? Bare, int? Aim, params int?[] Peers);
