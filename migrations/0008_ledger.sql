-- Double entry: each row moves one amount from one account to another, so all accounts
-- together are always zero. The cause is unique: nothing is posted twice.
create table ledger_entries (
  id text primary key,
  cause text not null unique,
  kind text not null check (kind in ('pend', 'accept', 'void')),
  project_id text not null,
  person_id text not null,
  debit text not null,
  credit text not null,
  amount_cents bigint not null check (amount_cents > 0),
  currency text not null,
  note text not null,
  at_us bigint not null
);
create index ledger_person on ledger_entries (person_id, id);
create index ledger_project on ledger_entries (project_id, id);

/*lite:
create trigger ledger_no_update before update on ledger_entries begin select raise(abort, 'ledger entries are append-only'); end;
create trigger ledger_no_delete before delete on ledger_entries begin select raise(abort, 'ledger entries are append-only'); end;
*/
/*pg:
create trigger ledger_append_only before update or delete or truncate on ledger_entries
  for each statement execute function append_only();
*/
