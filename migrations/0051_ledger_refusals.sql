-- Every refusal: why, in words for the person, about which item, and by whom.
create table refusals (
  task_id text primary key,
  person_id text not null,
  project_id text not null,
  batch_id text not null,
  item_id text not null,
  code text not null check (length(code) > 0),
  text text not null check (length(text) >= 20),
  -- A person, or null: a rule that holds for everybody.
  refused_by text,
  amount_cents bigint not null,
  currency text not null,
  at_us bigint not null
);
create index refusals_person on refusals (person_id, at_us);
create index refusals_batch on refusals (batch_id, at_us);

insert into refusals (task_id, person_id, project_id, batch_id, item_id, code, text, amount_cents, currency, at_us)
  select t.id, e.person_id, e.project_id, t.batch_id, t.item_id, 'earlier', e.note, e.amount_cents, e.currency, e.at_us
  from ledger_entries e join tasks t on e.cause = 'settle:' || t.id where e.kind = 'void' and length(e.note) >= 20;

/*lite:
create trigger refusals_no_update before update on refusals begin select raise(abort, 'refusals are append-only'); end;
create trigger refusals_no_delete before delete on refusals begin select raise(abort, 'refusals are append-only'); end;
*/
/*pg:
create trigger refusals_append_only before update or delete or truncate on refusals
  for each statement execute function append_only();
*/
