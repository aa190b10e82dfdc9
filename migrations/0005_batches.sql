create table projects (
  id text primary key,
  name text not null unique,
  language text not null,
  licence text not null,
  currency text not null,
  phrases text not null,
  policy text not null,
  created_us bigint not null
);

create table batches (
  id text primary key,
  project_id text not null references projects (id),
  name text not null,
  kind text not null check (kind in ('record', 'judge')),
  state text not null check (state in ('draft', 'open', 'paused', 'closed')),
  pay_cents bigint not null check (pay_cents >= 0),
  answers_wanted bigint not null check (answers_wanted between 1 and 100),
  answers_max bigint not null check (answers_max between 1 and 100),
  threshold double precision not null,
  gold_ppm bigint not null check (gold_ppm between 0 and 1000000),
  max_per_person bigint not null,
  lease_s bigint not null,
  accept_after_s bigint not null,
  sensitivity bigint not null check (sensitivity between 0 and 3),
  created_us bigint not null
);
create index batches_project on batches (project_id, kind, id);

-- What is asked about: a prompt to record, or a clip to judge. Never changed once made.
create table items (
  id text primary key,
  batch_id text not null references batches (id),
  phrase text not null,
  hint text not null,
  sensitivity bigint not null check (sensitivity between 0 and 3),
  clip_id text,
  gold_label text,
  gold_reason text,
  created_us bigint not null
);
create index items_batch on items (batch_id, id);
create unique index items_clip on items (clip_id) where clip_id is not null and gold_label is null;
