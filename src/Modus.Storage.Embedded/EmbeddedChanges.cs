using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>Several changes in one transaction: the first that cannot be made undoes those before it.</summary>
internal sealed class EmbeddedChanges(Writer writer) : IStoreChanges
{
    public async ValueTask<ChangesOutcome> ApplyAsync(
        IReadOnlyList<StoreChange> changes, string changedBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (changes.Count == 0) return new ChangesOutcome(StoreOutcome.Done);
        for (var i = 0; i < changes.Count; i++)
            if (changes[i] is RecordPut put && EmbeddedRecords.IsTooLarge(put.Record)) return new ChangesOutcome(StoreOutcome.TooLarge, i);
        int? failedAt = null;
        var outcome = await writer.WriteAsync(
            scope =>
            {
                failedAt = null;
                for (var i = 0; i < changes.Count; i++)
                {
                    var made = Apply(scope, changes[i], changedBy);
                    if (made == StoreOutcome.Done) continue;
                    failedAt = i;
                    return made;
                }

                return StoreOutcome.Done;
            },
            cancellationToken);
        return new ChangesOutcome(outcome, outcome == StoreOutcome.NoSpace ? null : failedAt);
    }

    private static StoreOutcome Apply(WriteScope scope, StoreChange change, string changedBy)
    {
        switch (change)
        {
            case DomainPut put:
                return DirectoryRows.AddDomain(scope.Database, put.Domain) == StoreOutcome.Done
                    ? StoreOutcome.Done
                    : DirectoryRows.SetCatchAll(scope.Database, put.Domain.Name, put.Domain.CatchAll);
            case DomainRemoval removal: return DirectoryRows.RemoveDomain(scope.Database, removal.Name);
            case AccountPut put: return Put(scope, put);
            case AccountRemoval removal:
                return AccountRows.Find(scope.Database, removal.Address) is { } account
                    ? DirectoryRows.RemoveAccount(scope, account.Id)
                    : StoreOutcome.NotFound;
            case AliasPut put:
                DirectoryRows.RemoveAlias(scope.Database, put.Alias.Address);
                return DirectoryRows.AddAlias(scope.Database, put.Alias);
            case AliasRemoval removal: return DirectoryRows.RemoveAlias(scope.Database, removal.Address);
            case SettingPut put: return EmbeddedSettings.Set(scope, put.Name, put.Json, null, changedBy);
            case AccountSettingPut put:
                return AccountRows.Find(scope.Database, put.Account) is { } owner
                    ? EmbeddedSettings.Set(scope, $"{put.Prefix}{owner.Id.Value}", put.Json, null, changedBy)
                    : StoreOutcome.NotFound;
            case RecordPut put: return EmbeddedRecords.Put(scope, [put.Record]);
            case RecordRemoval removal:
                EmbeddedRecords.Remove(scope, removal.Kind, removal.Key);
                return StoreOutcome.Done;
            default: throw new ArgumentException($"{change.GetType()} is no change that this engine knows.", nameof(change));
        }
    }

    private static StoreOutcome Put(WriteScope scope, AccountPut put)
    {
        if (AccountRows.Find(scope.Database, put.Address) is not { } account)
        {
            if (put.Verifier is not { } verifier) return StoreOutcome.NotFound;
            var added = DirectoryRows.AddAccount(scope, new NewAccount(put.Address, verifier, put.Quota));
            if (!added.IsDone) return added.Outcome;
            account = added.Value;
        }

        AccountRows.Change(
            scope.Database, account.Id, new AccountChange { Verifier = put.Verifier, Quota = put.Quota ?? 0, Enabled = put.Enabled });
        return StoreOutcome.Done;
    }
}
