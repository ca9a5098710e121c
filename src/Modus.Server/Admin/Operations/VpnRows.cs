namespace Modus.Server.Admin.Operations;

/// <summary>A partner that is not Modus, or cannot be invited.</summary>
/// <param name="Name">What it is called here.</param>
/// <param name="Domains">The domains that are sent to by its keys alone.</param>
/// <param name="Addresses">The addresses from which mail is taken by its keys alone.</param>
/// <param name="Keys">Its keys.</param>
internal sealed record VpnAddWish(string Name, string[] Domains, string[] Addresses, string[] Keys);

/// <param name="Next">The keys to announce; null leaves those announced before.</param>
internal sealed record VpnRotateWish(string[]? Next);

internal sealed record VpnName(string Name);
