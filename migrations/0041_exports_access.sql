-- What only the people behind a project can tell about its dataset, as JSON.
create table release_abouts (
  project_id text primary key,
  about text not null,
  at_us bigint not null
);

-- Who agreed to which terms of use; the newest date counts.
create table release_terms (
  person_id text not null,
  project_id text not null,
  dated text not null,
  at_us bigint not null,
  primary key (person_id, project_id, dated)
);

-- Who may have the releases that are given under contract only.
create table release_grants (
  project_id text not null,
  person_id text not null,
  state text not null check (state in ('asked', 'granted', 'refused')),
  asked_us bigint not null,
  decided_us bigint not null,
  decided_by text,
  primary key (project_id, person_id)
);

-- Each request for bytes of a release.
create table release_downloads (
  id text primary key,
  release_id text not null references releases (id),
  person_id text not null,
  path text not null,
  at_us bigint not null
);
create index release_downloads_person on release_downloads (person_id, at_us);

-- Released clips that were taken back, with the day on which that was first noticed.
create table release_withdrawals (
  project_id text not null,
  clip_id text not null,
  sha256 text not null,
  withdrawn_us bigint not null,
  primary key (project_id, clip_id, sha256)
);
