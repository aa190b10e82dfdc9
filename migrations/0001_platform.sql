-- Durable jobs and the site's own secrets.
create table jobs (
  id text primary key,
  kind text not null,
  payload text not null,
  state text not null check (state in ('ready', 'running', 'dead')),
  attempts bigint not null,
  run_at_us bigint not null,
  lease_until_us bigint not null,
  error text not null,
  created_us bigint not null
);
create index jobs_due on jobs (state, run_at_us);

create table site_secrets (
  name text primary key,
  value text not null,
  created_us bigint not null
);

-- Requests that carried an Idempotency-Key, and the id of what they made.
create table idempotency_keys (
  person_id text not null,
  key text not null,
  fingerprint text not null,
  made text not null,
  at_us bigint not null,
  primary key (person_id, key)
);
