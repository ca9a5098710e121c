using Modus.Server.Cli;

return await ModusCommand.RunAsync(args, Terminal.ForProcess());
