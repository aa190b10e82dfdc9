-- Settled items that were looked at as possible gold, and what became of them. Each serves once.
create table gold_glances (
  item_id text primary key,
  batch_id text not null,
  outcome text not null check (outcome in ('promoted', 'declined', 'planted')),
  person_id text,
  at_us bigint not null
);
create index gold_glances_batch on gold_glances (batch_id, outcome, item_id);
-- Sure verdicts of a batch in the order of their items.
create index verdicts_sure on verdicts (batch_id, item_id) where state = 'settled';
