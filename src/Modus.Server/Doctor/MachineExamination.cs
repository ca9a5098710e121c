using Modus.Server.Composition;
using Modus.Tls;

namespace Modus.Server.Doctor;

/// <summary>The machine: room on the disk, the clock, and who may read the secrets.</summary>
/// <param name="facts">The facts.</param>
internal sealed class MachineExamination(DoctorFacts facts)
{
    // A message may be large, and the store wants room for its log beside it: below the first the next ones are refused, below the
    // second there is a day or two left to act.
    private const long FaultBytes = 256L << 20;
    private const long WarningBytes = 2L << 30;

    // Of the files that can still be made.
    private const double FaultShare = 0.01;
    private const double WarningShare = 0.05;

    public Examination Make() => new(DoctorArea.Machine, facts.Configuration.DataFolder, LookAsync);

    private ValueTask LookAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        LookAtRoom(notes);
        LookAtClock(notes);
        LookAtSecrets(notes);
        return ValueTask.CompletedTask;
    }

    private void LookAtRoom(DoctorNotes notes)
    {
        const string Make = "modus store compact";
        try
        {
            var drive = new DriveInfo(Path.GetFullPath(facts.Configuration.DataFolder));
            var (free, all) = (drive.AvailableFreeSpace, drive.TotalSize);
            var what = $"Disk: {Words(free)} of {Words(all)} are free.";
            if (free < FaultBytes) notes.Fault(what + " Mail is refused when nothing is left.", Make, "df -h " + facts.Configuration.DataFolder);
            else if (free < WarningBytes) notes.Warn(what, Make, "df -h " + facts.Configuration.DataFolder);
            else notes.Ok(what);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            notes.Note($"Disk: not known: {unknown.Message}");
        }

        if (MachineState.FindFreeFiles(facts.Configuration.DataFolder) is not { } share) return;
        var files = $"Files: {share:P0} of those that the disk can have may still be made.";
        if (share < FaultShare) notes.Fault(files, "df -i " + facts.Configuration.DataFolder);
        else if (share < WarningShare) notes.Warn(files, "df -i " + facts.Configuration.DataFolder);
        else notes.Ok(files);
    }

    private static void LookAtClock(DoctorNotes notes)
    {
        switch (MachineState.IsClockSynchronized())
        {
            case true: notes.Ok("Clock: kept right by the network (NTP)."); break;
            case false:
                notes.Warn("Clock: nothing keeps it right, as far as the kernel knows: certificates, signatures and DNSSEC are judged by it.", "timedatectl set-ntp true");
                break;
            default: notes.Note("Clock: whether it is kept right is not known on this machine."); break;
        }
    }

    private void LookAtSecrets(DoctorNotes notes)
    {
        var folder = facts.Configuration.DataFolder;
        var isGood = true;
        if (!OperatingSystem.IsWindows() && Directory.Exists(folder) && (File.GetUnixFileMode(folder) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute)) != 0)
        {
            isGood = false;
            notes.Warn($"The data folder is open to every account of this machine (mode {Convert.ToString((int)File.GetUnixFileMode(folder), 8)}).", $"chmod o-rwx {folder}");
        }

        foreach (var exposure in SecretPaths().Distinct(StringComparer.Ordinal).Select(SecretFile.FindExposure).OfType<string>())
        {
            isGood = false;
            var (what, remedy) = RemedyText.Split(exposure);
            notes.Fault(what, remedy);
        }

        if (isGood) notes.Ok("Secrets: keys and passwords are the server's alone.");
    }

    private IEnumerable<string> SecretPaths()
    {
        foreach (var one in facts.Configuration.Certificates)
        {
            string?[] files = [one.KeyFile ?? one.CertificateFile, one.PfxFile, one.PasswordFile];
            foreach (var file in files)
                if (file is not null) yield return file;
        }

        foreach (var source in SelfSignedFiles.In(facts.Configuration.DataFolder).Sources)
            if (source.KeyFile is { } file) yield return file;
        foreach (var root in new[] { CertificateSources.ManagedFolder(facts.Configuration.DataFolder), CertificateSources.AuthoritiesFolder(facts.Configuration.DataFolder) })
        {
            foreach (var file in KeysIn(root)) yield return file;
        }

        foreach (var route in facts.Routes)
            if (route.PasswordFile is { } file) yield return file;
    }

    // Where another account runs the command, it is not let in; then no other account is, either.
    private static IEnumerable<string> KeysIn(string root) => Directory.Exists(root)
        ? Directory.EnumerateFiles(root, "*.key", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 2 })
        : [];

    private static string Words(long bytes) => bytes >= 1L << 30 ? $"{bytes / (double)(1L << 30):0.#} GB" : $"{bytes >> 20} MB";
}
