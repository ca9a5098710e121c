using Modus.Tls;

namespace Modus.Server.Moving;

/// <summary>A small file that is there whole, or as it was.</summary>
internal static class WholeFile
{
    public static void Write(string path, byte[] content)
    {
        var fresh = path + ".new";
        DurableFile.Write(fresh, content);
        File.Move(fresh, path, overwrite: true);
    }
}
