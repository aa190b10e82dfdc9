-- Releases that are built step by step from rows that were frozen at one instant.

-- What was asked for, as JSON: filter, formats, access.
alter table releases add column options text not null default '{}';
-- The instant whose rows it holds, UTC microseconds.
alter table releases add column snapshot_us bigint not null default 0;
-- What was true at that instant, as JSON: the project's words, policies, counts.
alter table releases add column facts text not null default '';
-- The step that comes next, and how far it has come.
alter table releases add column stage text not null default 'publish';
alter table releases add column done bigint not null default 0;
alter table releases add column total bigint not null default 0;

-- Checksums and manifest list files by path, the same on both databases.
/*pg: alter table release_files alter column path type text collate "C"; */

-- The frozen clips; speaker (a pseudonym) and files once the recording is made. The original and
-- its report stay where they are: they never change.
create table release_clips (
  release_id text not null references releases (id),
  clip_id text not null,
  -- The how manieth clip of its speaker, from 0.
  take bigint not null,
  label text not null,
  probability double precision not null,
  answers bigint not null,
  method text not null,
  -- What the verdict rests on, as JSON; emptied when the release is published.
  evidence text not null,
  speaker text not null default '',
  split text not null default '',
  path text not null default '',
  sha256 text not null default '',
  size_bytes bigint not null default 0,
  original_path text,
  primary key (release_id, clip_id)
);
create index release_clips_split on release_clips (release_id, split, clip_id);
create index release_clips_made on release_clips (release_id, clip_id) where sha256 = '';
create index release_clips_clip on release_clips (clip_id);

-- The answers that had come; emptied when the release is published.
create table release_answers (
  release_id text not null references releases (id),
  clip_id text not null,
  answer_id text not null,
  primary key (release_id, clip_id, answer_id)
);

-- What is told about each speaker, by pseudonym.
create table release_speakers (
  release_id text not null references releases (id),
  speaker text not null,
  age text,
  gender text,
  accent text,
  device text,
  primary key (release_id, speaker)
);
