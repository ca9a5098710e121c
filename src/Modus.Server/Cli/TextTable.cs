namespace Modus.Server.Cli;

/// <summary>Columns of text, as wide as they need to be. For people; scripts take <c>--json</c>.</summary>
internal static class TextTable
{
    public static void Write(TextWriter writer, string[] headings, IReadOnlyList<string[]> rows, string whenEmpty)
    {
        if (rows.Count == 0)
        {
            writer.WriteLine(whenEmpty);
            return;
        }

        var widths = headings.Select((heading, column) => Math.Max(heading.Length, rows.Max(row => row[column].Length))).ToArray();
        foreach (var row in rows.Prepend(headings))
            writer.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
