using System.Security.Cryptography.X509Certificates;
using Modus.Server.Admin.Operations;
using Modus.Server.TlsCheck;
using Modus.Tls;

namespace Modus.Server.Doctor;

/// <summary>What to say of a certificate that was shown for a name. Pure.</summary>
internal static class CertificateVerdict
{
    public static void Add(DoctorNotes notes, string name, X509Certificate2 shown, CheckVisit verified, DateTimeOffset now)
    {
        var key = CertificateDescription.KeyOf(shown);
        var until = $"{shown.NotAfter.ToUniversalTime():yyyy-MM-dd}";
        if (verified.Step == CheckStep.Done)
        {
            var good = $"{name}: good, {key}, issued by {shown.Issuer}, until {until}.";
            if (!CheckSentences.EndsSoon(shown, now, out var days)) Say(FindingLevel.Ok, good);
            else Say(FindingLevel.Warning, $"{name}: ends in {days} days ({until}).", "modus cert list", "modus cert import FULLCHAIN.pem --key KEY.pem");
            return;
        }

        var isSelfSigned = shown.SubjectName.RawData.AsSpan().SequenceEqual(shown.IssuerName.RawData);
        switch (verified.Fault)
        {
            case TlsFaultType.CertificateExpired:
                Say(FindingLevel.Fault, $"{name}: out of its time, or one above it is ({until}): {verified.Reason}", "modus cert list", "modus cert import FULLCHAIN.pem --key KEY.pem");
                break;
            case TlsFaultType.CertificateHostMismatch:
                Say(FindingLevel.Fault, $"{name}: {verified.Reason}", $"modus tls explain --sni {name}", $"modus cert csr {name} --out {name}.csr", $"modus cert import {name}.crt --for {name}");
                break;
            case TlsFaultType.CertificateNotTrusted when isSelfSigned:
                Say(FindingLevel.Warning,
                    $"{name}: self-signed ({key}, until {until}). Mail servers take it; mail programs warn, and with an MTA-STS policy nobody delivers.",
                    $"modus cert csr {name} --out {name}.csr", $"modus cert import {name}.crt --for {name}");
                break;
            case TlsFaultType.CertificateNotTrusted:
                Say(FindingLevel.Warning,
                    $"{name}: no authority that this machine trusts stands behind {shown.Issuer}. The intermediate certificate is missing, or the authority is your own.",
                    "modus cert check", "modus cert import FULLCHAIN.pem --key KEY.pem", "For an authority of your own: modus doctor --trust FILE");
                break;
            default:
                Say(FindingLevel.Fault, $"{name}: {verified.Reason}", $"modus tls explain --sni {name}");
                break;
        }

        void Say(FindingLevel level, string what, params string[] remedy) => notes.Add(level, what, remedy, DoctorArea.Certificates);
    }
}
