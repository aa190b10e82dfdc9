-- More ways for money to move (funding, bonuses, top-ups, won appeals, payouts), and payouts themselves.

/*pg:
alter table ledger_entries drop constraint ledger_entries_kind_check;
alter table ledger_entries alter column person_id drop not null;
alter table ledger_entries add constraint ledger_entries_kind_check
  check (kind in ('fund', 'pend', 'accept', 'void', 'appeal', 'bonus', 'top_up', 'payout', 'payout_failed'));
*/
/*lite:
alter table ledger_entries rename to ledger_entries_before;
drop index ledger_person;
drop index ledger_project;
create table ledger_entries (
  id text primary key,
  cause text not null unique,
  kind text not null
    check (kind in ('fund', 'pend', 'accept', 'void', 'appeal', 'bonus', 'top_up', 'payout', 'payout_failed')),
  project_id text not null,
  person_id text,
  debit text not null,
  credit text not null,
  amount_cents bigint not null check (amount_cents > 0),
  currency text not null,
  note text not null,
  at_us bigint not null
);
insert into ledger_entries select * from ledger_entries_before;
drop table ledger_entries_before;
create index ledger_person on ledger_entries (person_id, id);
create index ledger_project on ledger_entries (project_id, id);
create trigger ledger_no_update before update on ledger_entries begin select raise(abort, 'ledger entries are append-only'); end;
create trigger ledger_no_delete before delete on ledger_entries begin select raise(abort, 'ledger entries are append-only'); end;
*/

-- Where a person's money goes; its row is also the lock for asking for a payout.
create table payout_destinations (
  person_id text primary key,
  destination text not null,
  changed_us bigint not null
);
create index payout_destinations_shared on payout_destinations (destination);

create table payouts (
  id text primary key,
  person_id text not null,
  currency text not null,
  amount_cents bigint not null check (amount_cents > 0),
  destination text not null,
  state text not null check (state in ('requested', 'approved', 'sent', 'settled', 'failed')),
  -- Why it needs a second look before anybody approves it; empty when it does not.
  held text not null,
  -- The administrator whose run made it; null when the person asked.
  run_by text,
  -- What the provider calls it, or why it failed.
  reference text not null,
  requested_us bigint not null,
  changed_us bigint not null
);
-- One at a time: what was asked for twice is asked for once.
create unique index payouts_open on payouts (person_id, currency) where state in ('requested', 'approved', 'sent');
create index payouts_state on payouts (state, id);
create index payouts_person on payouts (person_id, id);

create table payout_approvals (
  payout_id text not null references payouts (id),
  person_id text not null,
  at_us bigint not null,
  primary key (payout_id, person_id)
);
/*lite:
create trigger payout_approvals_no_update before update on payout_approvals begin select raise(abort, 'approvals are append-only'); end;
create trigger payout_approvals_no_delete before delete on payout_approvals begin select raise(abort, 'approvals are append-only'); end;
*/
/*pg:
create trigger payout_approvals_append_only before update or delete or truncate on payout_approvals
  for each statement execute function append_only();
*/
