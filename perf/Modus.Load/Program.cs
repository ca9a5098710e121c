using System.CommandLine;
using Modus.Load;

return await LoadCommand.Build().Parse(args).InvokeAsync();
