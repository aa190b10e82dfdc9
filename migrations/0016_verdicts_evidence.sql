-- Verdicts that can be replayed: what counted, with which weight, and everything that changed since.

-- Everything that a verdict follows from, as JSON; see the room's model.
alter table verdicts add column evidence text not null default '';
create index verdicts_batch on verdicts (batch_id, state);

-- Each change of what is believed about an item, and its cause.
create table verdict_history (
  id text primary key,
  item_id text not null,
  batch_id text not null,
  cause text not null check (cause in ('answer', 'ruling', 'prediction', 'calibration')),
  cause_id text not null,
  state text not null check (state in ('open', 'settled', 'contested', 'decided')),
  label text not null check (label in ('yes', 'no')),
  probability double precision not null,
  answers bigint not null,
  method text not null,
  evidence text not null,
  at_us bigint not null
);
create index verdict_history_item on verdict_history (item_id, id);
create index verdict_history_batch on verdict_history (batch_id, id);

-- What reviewers said about contested items.
create table rulings (
  id text primary key,
  item_id text not null,
  person_id text not null,
  label text not null check (label in ('yes', 'no')),
  reason text,
  at_us bigint not null,
  unique (item_id, person_id)
);

-- What each worker, a person or a model, said by what was true: truth_said, in millionths of an item.
create table confusions (
  worker_id text not null,
  source text not null check (source in ('gold', 'verdict')),
  yes_yes bigint not null,
  yes_no bigint not null,
  no_yes bigint not null,
  no_no bigint not null,
  primary key (worker_id, source)
);

-- What one item adds to a worker's row above: taken back before the item is looked at again.
create table contributions (
  item_id text not null,
  worker_id text not null,
  batch_id text not null,
  evidence_id text not null,
  source text not null check (source in ('gold', 'verdict')),
  yes_yes bigint not null,
  yes_no bigint not null,
  no_yes bigint not null,
  no_no bigint not null,
  primary key (item_id, worker_id)
);
create index contributions_batch on contributions (batch_id, source, evidence_id);
create index contributions_worker on contributions (worker_id, source, evidence_id);

-- What a batch's gold and verdicts tell about its probabilities; the newest row is in force.
create table calibrations (
  id text primary key,
  batch_id text not null,
  prior_yes bigint not null check (prior_yes between 1 and 999999),
  temperature bigint not null check (temperature > 0),
  gold_groups bigint not null,
  at_us bigint not null
);
create index calibrations_batch on calibrations (batch_id, id);

-- How a batch settles its items, where it departs from the defaults.
create table verdict_settings (
  batch_id text primary key,
  audit_ppm bigint not null check (audit_ppm between 0 and 1000000),
  recheck_ppm bigint not null check (recheck_ppm between 0 and 1000000),
  recheck_after_s bigint not null check (recheck_after_s >= 0),
  budget_cents bigint not null check (budget_cents >= 0)
);

/*lite:
create trigger verdict_history_no_update before update on verdict_history begin select raise(abort, 'the history of verdicts is append-only'); end;
create trigger verdict_history_no_delete before delete on verdict_history begin select raise(abort, 'the history of verdicts is append-only'); end;
create trigger rulings_no_update before update on rulings begin select raise(abort, 'rulings are append-only'); end;
create trigger rulings_no_delete before delete on rulings begin select raise(abort, 'rulings are append-only'); end;
create trigger calibrations_no_update before update on calibrations begin select raise(abort, 'calibrations are append-only'); end;
create trigger calibrations_no_delete before delete on calibrations begin select raise(abort, 'calibrations are append-only'); end;
*/
/*pg:
create trigger verdict_history_append_only before update or delete or truncate on verdict_history
  for each statement execute function append_only();
create trigger rulings_append_only before update or delete or truncate on rulings
  for each statement execute function append_only();
create trigger calibrations_append_only before update or delete or truncate on calibrations
  for each statement execute function append_only();
*/

-- Gold that was answered before people's confusions were kept.
insert into contributions (item_id, worker_id, batch_id, evidence_id, source, yes_yes, yes_no, no_yes, no_no)
  select a.item_id, a.person_id, a.batch_id, a.id, 'gold',
    case when i.gold_label = 'yes' and a.label = 'yes' then 1000000 else 0 end,
    case when i.gold_label = 'yes' and a.label = 'no' then 1000000 else 0 end,
    case when i.gold_label = 'no' and a.label = 'yes' then 1000000 else 0 end,
    case when i.gold_label = 'no' and a.label = 'no' then 1000000 else 0 end
  from answers a join items i on i.id = a.item_id where i.gold_label is not null and a.label <> 'unsure';
insert into confusions (worker_id, source, yes_yes, yes_no, no_yes, no_no)
  select worker_id, 'gold', cast(sum(yes_yes) as bigint), cast(sum(yes_no) as bigint), cast(sum(no_yes) as bigint),
    cast(sum(no_no) as bigint)
  from contributions group by worker_id;

-- Rulings that were made before they were kept apart.
insert into rulings (id, item_id, person_id, label, at_us)
  select item_id, item_id, decided_by, label, at_us from verdicts where state = 'decided' and decided_by is not null;
