-- What a batch may spend on its tasks; null is no limit. Whether it has one is fixed when it is made.
alter table batches add column budget_cents bigint check (budget_cents >= 0);

create table batch_budgets (
  batch_id text primary key references batches (id),
  -- Reserved for each task that is given out; null until it was worked out.
  unit_cents bigint check (unit_cents >= 0)
);

-- What is neither reserved nor spent, in several rows, so that many may take from it at once; only
-- the sum means anything. Below zero where people were lifted to the floor beyond the budget.
create table batch_budget_shards (
  batch_id text not null,
  shard bigint not null,
  left_cents bigint not null,
  primary key (batch_id, shard)
) /*pg: with (fillfactor = 75) */;

-- What each task, and each lift to the floor, takes from the budget: still reserved, and earned.
create table batch_budget_uses (
  cause text primary key,
  batch_id text not null,
  state text not null check (state in ('leased', 'done', 'refused', 'lifted')),
  kept_cents bigint not null check (kept_cents >= 0),
  paid_cents bigint not null check (paid_cents >= 0),
  -- When what is kept of refused work is free again; null while an appeal waits.
  until_us bigint
);
create index batch_budget_uses_batch on batch_budget_uses (batch_id, state);
create index batch_budget_uses_refused on batch_budget_uses (until_us) where state = 'refused';
