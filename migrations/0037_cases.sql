-- What looked like abuse and waits for a human, with its evidence; nothing follows by itself.
create table cases (
  id text primary key,
  person_id text not null,
  kind text not null check (kind in ('too_fast', 'straight_lining', 'copying', 'several_accounts', 'hoarding')),
  state text not null check (state in ('open', 'dismissed', 'warned', 'paused')),
  -- JSON; see the room's model.
  evidence text not null,
  note text not null,
  decided_by text,
  -- The newest answer that was known when it was decided: only later ones count for the next case.
  mark text not null,
  opened_us bigint not null,
  decided_us bigint not null
);
create unique index cases_open on cases (person_id, kind) where state = 'open';
create index cases_state on cases (state, opened_us, id);
create index cases_person on cases (person_id, kind, id);

-- Up to which answer and which task people's conduct has been read.
create table case_cursors (
  name text primary key check (name in ('answers', 'tasks')),
  at text not null
);
insert into case_cursors (name, at) values ('answers', ''), ('tasks', '');

-- How each person went about a batch: their newest answers as JSON, and what became of their tasks.
create table conduct (
  person_id text not null,
  batch_id text not null,
  recent text not null,
  -- Answers and returned tasks since somebody was last looked at.
  fresh bigint not null,
  last_at_us bigint not null,
  answers bigint not null,
  expired bigint not null,
  skipped bigint not null,
  primary key (person_id, batch_id)
);
create index conduct_fresh on conduct (fresh);

-- The same of everybody in a batch together.
create table batch_conduct (
  batch_id text primary key,
  people bigint not null,
  answers bigint not null,
  returned bigint not null
);

-- How many answers of a batch took how long: bin n holds those of exp(n / 10) ms.
create table case_paces (
  batch_id text not null,
  bin bigint not null,
  answers bigint not null,
  primary key (batch_id, bin)
);

-- The same sound from two accounts is found by its digest.
create index clips_sha256 on clips (sha256);
create index clip_prints_pcm on clip_prints (pcm_sha256);
