using Bulkhead.ImageBuilder.Commands;

return CommandTree.Run(args);
