create table releases (
  id text primary key,
  project_id text not null,
  version text not null,
  state text not null check (state in ('building', 'ready', 'failed')),
  error text not null,
  pseudonym_key text not null,
  card text not null,
  created_by text not null,
  created_us bigint not null,
  ready_us bigint not null,
  unique (project_id, version)
);

create table release_files (
  release_id text not null references releases (id),
  path text not null,
  sha256 text not null,
  size_bytes bigint not null,
  primary key (release_id, path)
);
