namespace Modus.Storage.Embedded.Sqlite.Migrations;

/// <summary>One step of the schema. A step that was released never changes again.</summary>
internal abstract class Migration
{
    public abstract int Version { get; }

    public abstract void Apply(Database database, TimeProvider clock);
}
