namespace Modus.Server.Admin.Operations;

/// <param name="Name">A domain of this server, or an address in it.</param>
/// <param name="Format">mozilla, microsoft, apple or srv; null for no document.</param>
internal sealed record AutoconfigQuery(string Name, string? Format);

/// <param name="Protocol">imap, pop3 or smtp.</param>
/// <param name="HostName">The host to connect to.</param>
/// <param name="Port">The port.</param>
/// <param name="Encryption">implicit or starttls.</param>
/// <param name="UserName">The name to log in by.</param>
/// <param name="Authentication">How.</param>
internal sealed record AutoconfigServerRow(string Protocol, string HostName, int Port, string Encryption, string UserName, string Authentication);

/// <param name="Domain">The domain.</param>
/// <param name="IsServed">False: mail programs that ask are told nothing.</param>
/// <param name="Servers">What they are told, the best first.</param>
/// <param name="Addresses">Where they ask.</param>
/// <param name="Document">What they get, in the format that was asked for; null for none.</param>
internal sealed record AutoconfigRow(
    string Domain, bool IsServed, IReadOnlyList<AutoconfigServerRow> Servers, IReadOnlyList<string> Addresses, string? Document);

/// <param name="Name">The owner, without a dot at its end.</param>
/// <param name="Type">SRV or CNAME.</param>
/// <param name="Value">What follows the type, as zone files have it.</param>
internal sealed record AutoconfigRecordRow(string Name, string Type, string Value);

/// <param name="Domain">The domain.</param>
/// <param name="Records">What to publish.</param>
/// <param name="Notes">What else there is to do.</param>
internal sealed record AutoconfigRecords(string Domain, IReadOnlyList<AutoconfigRecordRow> Records, IReadOnlyList<string> Notes);
