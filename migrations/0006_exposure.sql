-- One row per person: locked while a task is chosen, so that parallel requests cannot pass a limit.
create table exposure_people (
  person_id text primary key,
  checked_us bigint not null
);

-- Sensitive items as they were handed out.
create table exposures (
  id text primary key,
  person_id text not null,
  level bigint not null check (level between 1 and 3),
  at_us bigint not null
);
create index exposures_person on exposures (person_id, at_us);
