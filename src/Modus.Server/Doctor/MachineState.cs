using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Modus.Server.Doctor;

/// <summary>What the kernel says of the machine; null where it does not.</summary>
internal static partial class MachineState
{
    private const int Unsynchronized = 5; // TIME_ERROR of adjtimex(2)

    // struct timex of Linux has 208 bytes on machines of 64 bits; modes, the first of them, stays 0: nothing is set.
    private const int TimexLength = 512;

    // struct statvfs of Linux has 112 bytes on machines of 64 bits: f_files is its sixth word of 8 bytes, f_favail the eighth.
    private const int StatLength = 512;
    private const int FilesAt = 5 * 8;
    private const int FreeFilesAt = 7 * 8;

    private static bool IsKnown => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Whether something keeps the clock right.</summary>
    public static bool? IsClockSynchronized()
    {
        if (!IsKnown) return null;
        var timex = new byte[TimexLength];
        var state = Adjust(ref timex[0]);
        return state < 0 ? null : state != Unsynchronized;
    }

    /// <summary>The share of files that can still be made where a folder is, 0 to 1; null where there is no such limit.</summary>
    public static double? FindFreeFiles(string folder)
    {
        var stat = new byte[StatLength];
        if (!IsKnown || Stat(folder, ref stat[0]) != 0) return null;
        var all = BinaryPrimitives.ReadUInt64LittleEndian(stat.AsSpan(FilesAt));
        var free = BinaryPrimitives.ReadUInt64LittleEndian(stat.AsSpan(FreeFilesAt));
        return all == 0 ? null : (double)free / all;
    }

    [LibraryImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int Adjust(ref byte timex);

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, ref byte stat);
}
