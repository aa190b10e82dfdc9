-- Batches that the site has paused, and why; who caused it may not open them again.
create table batch_holds (
  batch_id text primary key references batches (id),
  cause text not null,
  detail text not null,
  by_person text,
  at_us bigint not null,
  -- When an administrator has looked and opened it again; 0 while it holds.
  released_us bigint not null
);
