-- What a verified clip sounds like, to find takes that were sent twice.
create table clip_prints (
  clip_id text primary key references clips (id),
  pcm_sha256 text not null,
  -- With the name of its specification.
  fingerprint text not null
);
create index clips_takes on clips (project_id, speaker_id, phrase, id);
create index clips_newest on clips (speaker_id, created_us);

-- A clip that is like an earlier one of its speaker: a reviewer decides, never a threshold.
create table duplicates (
  clip_id text primary key references clips (id),
  earlier_id text not null references clips (id),
  likeness text not null check (likeness in ('file', 'samples', 'sound')),
  bit_error_rate double precision not null,
  state text not null check (state in ('waiting', 'different', 'same')),
  decided_by text,
  noted_us bigint not null,
  decided_us bigint not null
);
create index duplicates_waiting on duplicates (noted_us, clip_id) where state = 'waiting';
