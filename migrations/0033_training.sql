-- What a batch teaches before its work, and by which rules people qualify.
create table trainings (
  batch_id text primary key,
  instructions text not null,
  -- Items of the qualification that one try asks about.
  questions bigint not null check (questions between 5 and 50),
  pass_percent bigint not null check (pass_percent between 50 and 100),
  tries bigint not null check (tries between 1 and 10),
  wait_s bigint not null check (wait_s >= 0),
  -- Time for one item, until enough people have been measured.
  item_s bigint not null check (item_s between 3 and 300)
);

-- Sounds that an administrator sent for a training, by the name of their file.
create table training_sounds (
  id text primary key,
  batch_id text not null,
  name text not null,
  sha256 text not null,
  content_type text not null check (content_type in ('audio/wav', 'audio/flac')),
  size_bytes bigint not null,
  length_ms bigint not null,
  at_us bigint not null,
  unique (batch_id, name)
);

-- An example, an item of the training or one of the qualification: a sound, what is asked about it,
-- and the known answer. Never changed once made; a retired one is given to nobody any more.
create table training_items (
  id text primary key,
  batch_id text not null,
  part text not null check (part in ('example', 'training', 'qualification')),
  -- The recording or the sent sound.
  clip_id text,
  sound_id text,
  -- Who speaks: never asked about it.
  speaker_id text,
  phrase text not null,
  label text not null check (label in ('yes', 'no')),
  reason text,
  explanation text not null,
  sensitivity bigint not null check (sensitivity between 0 and 2),
  retired bigint not null check (retired in (0, 1)),
  created_us bigint not null
);
create index training_items_batch on training_items (batch_id, id);
-- A sound is asked about once: an example would give the answer of a question away.
create unique index training_items_once on training_items (batch_id, coalesce(clip_id, sound_id), phrase) where retired = 0;

-- One person's way through the training of a batch, or a further try of its qualification.
create table training_attempts (
  id text primary key,
  batch_id text not null,
  person_id text not null,
  number bigint not null,
  -- The first way to the work is course 1; each way back after a pause is one more.
  course bigint not null,
  state text not null check (state in ('open', 'passed', 'failed')),
  pass_percent bigint not null,
  items bigint not null,
  training_cents bigint not null check (training_cents >= 0),
  qualification_cents bigint not null check (qualification_cents >= 0),
  started_us bigint not null,
  finished_us bigint not null,
  unique (person_id, batch_id, number)
);
create index training_attempts_batch on training_attempts (batch_id, id);

-- What an attempt asks, in its order, and what was answered.
create table training_steps (
  id text primary key,
  attempt_id text not null references training_attempts (id),
  ordinal bigint not null,
  item_id text not null references training_items (id),
  part text not null check (part in ('training', 'qualification')),
  -- 0 until it was shown.
  opened_us bigint not null,
  label text check (label in ('yes', 'no', 'unsure')),
  reason text,
  body_sha256 text,
  answered_us bigint not null,
  unique (attempt_id, ordinal)
);
