-- What still wants answers: one row per item, kept apart from the item's text because it is hot.
-- answers + leases never exceeds target. lane 0 is work, lane 1 is gold.
create table queue (
  item_id text primary key,
  batch_id text not null,
  lane bigint not null check (lane in (0, 1)),
  rank bigint not null,
  sensitivity bigint not null,
  speaker_id text,
  clip_id text,
  target bigint not null,
  answers bigint not null,
  leases bigint not null check (leases >= 0),
  open bigint not null check (open in (0, 1))
) /*pg: with (fillfactor = 75) */;
create index queue_clip on queue (clip_id) where clip_id is not null;
create index queue_open on queue (batch_id, lane, rank, item_id) where open = 1;

-- One item, leased to one person, once.
create table tasks (
  id text primary key,
  item_id text not null references queue (item_id),
  batch_id text not null,
  person_id text not null,
  state text not null check (state in ('leased', 'submitted', 'skipped', 'expired')),
  note text not null,
  leased_us bigint not null,
  expires_us bigint not null,
  closed_us bigint not null,
  unique (person_id, item_id)
) /*pg: with (fillfactor = 75) */;
create index tasks_live on tasks (expires_us) where state = 'leased';
create index tasks_item on tasks (item_id);

-- How many tasks a person was given in a batch; its row is also the lock for issuing to them.
create table enrolments (
  person_id text not null,
  batch_id text not null,
  served bigint not null,
  primary key (person_id, batch_id)
);
