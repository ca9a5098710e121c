using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus cert bind</c> and <c>modus cert remove</c></summary>
internal static class CertBindCommands
{
    public static Command Bind(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The certificate's name." };
        var noDefault = new Option<bool>("--no-default") { Description = "Serve it no longer where nothing else fits." };
        var command = new Command("bind", "Say what a certificate is for; what is not said stays as it is.") { name, noDefault };
        var binding = new CertBindingOptions(command);
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.BindCertificate,
            new CertificateBindWish(parsed.GetRequiredValue(name), binding.Read(parsed, !parsed.GetValue(noDefault))),
            cancel));
        return command;
    }

    public static Command Remove(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The certificate's name." };
        var force = new Option<bool>("--force") { Description = "Remove even the last one, or the default." };
        var command = new Command("remove", "Remove a certificate with its keys.") { name, force };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.RemoveCertificate, new CertificateRemoval(parsed.GetRequiredValue(name), parsed.GetValue(force)), cancel));
        return command;
    }
}
