create table people (
  id text primary key,
  email text not null unique,
  name text not null,
  password_hash text not null,
  role text not null check (role in ('contributor', 'reviewer', 'researcher', 'admin')),
  created_us bigint not null
);

-- One log-in. The refresh token rotates; presenting an old one ends the session.
create table sessions (
  id text primary key,
  person_id text not null references people (id),
  refresh_hash text not null unique,
  previous_hash text not null,
  rotated_us bigint not null,
  expires_us bigint not null,
  ended_us bigint not null,
  created_us bigint not null
);
create index sessions_person on sessions (person_id);
create index sessions_previous on sessions (previous_hash);

-- One-time links that create the first administrator.
create table setup_tokens (
  token_hash text primary key,
  created_us bigint not null
);

-- Failed log-ins per person and address, as a hash of both.
create table login_failures (
  key text primary key,
  count bigint not null,
  window_us bigint not null
);
