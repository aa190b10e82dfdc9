-- The consensus on an item, as it stands.
create table verdicts (
  item_id text primary key,
  batch_id text not null,
  clip_id text not null,
  state text not null check (state in ('settled', 'contested', 'decided')),
  label text not null check (label in ('yes', 'no')),
  probability double precision not null,
  answers bigint not null,
  method text not null,
  decided_by text,
  at_us bigint not null
);
create index verdicts_state on verdicts (state, at_us);
create index verdicts_clip on verdicts (clip_id);
