-- Settled items that are asked once more: what was believed before tells what drifts.
create table rechecks (
  item_id text primary key,
  batch_id text not null,
  label text not null check (label in ('yes', 'no')),
  probability double precision not null,
  at_us bigint not null
);
create index rechecks_batch on rechecks (batch_id, at_us);

-- Up to which verdict a batch has been looked through for items to ask again.
create table recheck_cursors (
  batch_id text primary key,
  at_us bigint not null,
  item_id text not null
);
