-- What people say about themselves, if they like: personal data, changed and erased as they wish.
create table profiles (
  person_id text primary key references people (id),
  age text,
  gender text,
  accent text,
  first_language text,
  updated_us bigint not null
);
