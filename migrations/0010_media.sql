-- One recording: announced, uploaded, measured.
create table clips (
  id text primary key,
  task_id text not null,
  item_id text not null,
  batch_id text not null,
  project_id text not null,
  speaker_id text not null,
  phrase text not null,
  state text not null check (state in ('declared', 'uploaded', 'verified', 'refused', 'dead')),
  accepted bigint not null check (accepted in (0, 1)),
  sha256 text not null,
  size_bytes bigint not null,
  content_type text not null,
  declared text not null,
  client_report text,
  settings text not null,
  report text,
  reason text,
  synthetic bigint not null check (synthetic in (0, 1)),
  created_us bigint not null,
  uploaded_us bigint not null,
  verified_us bigint not null
);
create unique index clips_task on clips (task_id) where state <> 'declared';
create index clips_speaker on clips (speaker_id, id);
create index clips_project on clips (project_id, state, id);
create index clips_stale on clips (created_us) where state = 'declared';

-- Log-mel and MFCC matrices by their versioned specification.
create table clip_features (
  clip_id text not null references clips (id),
  spec text not null,
  coefficients bigint not null,
  frames bigint not null,
  blob_sha256 text not null,
  primary key (clip_id, spec)
);
