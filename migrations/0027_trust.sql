-- What each person is measured to be, kept up to date answer by answer so that asking is one row.

-- What was said about gold and what is true, to tell kinds of mistakes apart.
alter table gold_results add column known text not null default '';
alter table gold_results add column known_reason text not null default '';
alter table gold_results add column said text not null default '';
alter table gold_results add column language text not null default '';
create index gold_results_item on gold_results (item_id);

-- One row per person, craft and language. Counts begin at window_us: somebody who comes back after
-- a pause is counted anew. Doubts are sequential tests in millionths of a nat; see the room's rules.
create table standings (
  person_id text not null,
  craft text not null check (craft in ('judge', 'record')),
  language text not null,
  window_us bigint not null,
  yes_right bigint not null,
  yes_wrong bigint not null,
  no_right bigint not null,
  no_wrong bigint not null,
  unsure bigint not null,
  answered bigint not null,
  agree_right bigint not null,
  agree_wrong bigint not null,
  doubt bigint not null,
  doubt_yes bigint not null,
  doubt_no bigint not null,
  pauses bigint not null,
  paused_id text,
  paused_until_us bigint not null,
  primary key (person_id, craft, language)
) /*pg: with (fillfactor = 75) */;

-- What one item says about somebody's agreement with the others: replaced when the item is looked
-- at again. In millionths of an item; see the rules of verdicts.
create table agreements (
  person_id text not null,
  item_id text not null,
  craft text not null check (craft in ('judge', 'record')),
  language text not null,
  right_ppm bigint not null,
  wrong_ppm bigint not null,
  at_us bigint not null,
  primary key (person_id, item_id, craft)
);

-- Gold in use, and used up: where it comes from and who vouches for it.
create table gold_stock (
  item_id text primary key,
  batch_id text not null,
  label text not null check (label in ('yes', 'no')),
  source text not null check (source in ('imported', 'promoted', 'planted')),
  made_by text,
  made_us bigint not null,
  retired_us bigint not null
);
create index gold_stock_live on gold_stock (batch_id) where retired_us = 0;

-- How a batch uses gold, where it departs from the defaults.
create table gold_policies (
  batch_id text primary key,
  viewers_max bigint not null check (viewers_max between 1 and 1000000),
  stock_min bigint not null check (stock_min >= 0)
);

-- Somebody gets no work of a kind for a while.
create table pauses (
  id text primary key,
  person_id text not null,
  craft text not null check (craft in ('judge', 'record')),
  language text not null,
  -- What their work counted from: it may have been unreliable since then.
  window_us bigint not null,
  at_us bigint not null,
  until_us bigint not null,
  -- A person, when a person paused them.
  caused_by text,
  reason text not null,
  right_answers bigint not null,
  wrong_answers bigint not null,
  -- JSON: how often which mistake was made.
  mistakes text not null,
  ended_us bigint not null,
  ended_by text not null check (ended_by in ('', 'time', 'training', 'appeal'))
);
create index pauses_person on pauses (person_id, id);
create index pauses_live on pauses (id) where ended_us = 0;

-- What the paused person answers to it; once a pause.
create table appeals (
  pause_id text primary key references pauses (id),
  text text not null,
  at_us bigint not null,
  state text not null check (state in ('waiting', 'won', 'lost')),
  decided_by text,
  note text not null,
  decided_us bigint not null
);
create index appeals_waiting on appeals (at_us, pause_id) where state = 'waiting';

-- Items of a paused person that others are asked about again, and what that costs.
create table reasked (
  pause_id text not null references pauses (id),
  item_id text not null,
  answers bigint not null,
  cents bigint not null,
  currency text not null,
  primary key (pause_id, item_id)
);

-- What was answered before these tables were made.
update gold_results set
  known = coalesce((select i.gold_label from items i where i.id = gold_results.item_id), ''),
  known_reason = coalesce((select i.gold_reason from items i where i.id = gold_results.item_id), ''),
  said = coalesce((select a.label from answers a where a.task_id = gold_results.task_id), ''),
  language = coalesce((select p.language from batches b join projects p on p.id = b.project_id
    where b.id = gold_results.batch_id), '');
insert into standings (person_id, craft, language, window_us, yes_right, yes_wrong, no_right, no_wrong, unsure,
    answered, agree_right, agree_wrong, doubt, doubt_yes, doubt_no, pauses, paused_id, paused_until_us)
  select person_id, 'judge', language, 0,
    cast(sum(case when known = 'yes' and correct = 1 then 1 else 0 end) as bigint),
    cast(sum(case when known = 'yes' and correct = 0 then 1 else 0 end) as bigint),
    cast(sum(case when known = 'no' and correct = 1 then 1 else 0 end) as bigint),
    cast(sum(case when known = 'no' and correct = 0 then 1 else 0 end) as bigint),
    0, count(*), 0, 0, 0, 0, 0, 0, null, 0
  from gold_results group by person_id, language;
insert into gold_stock (item_id, batch_id, label, source, made_by, made_us, retired_us)
  select id, batch_id, gold_label, 'imported', null, created_us, 0 from items
  where gold_label in ('yes', 'no') and clip_id is not null;
-- Gold is seen by so many people and then no more.
update queue set target = case when answers + leases > 30 then answers + leases else 30 end,
  open = case when answers + leases < 30 then 1 else 0 end where lane = 1;
