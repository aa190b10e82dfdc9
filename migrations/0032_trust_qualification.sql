-- Batches that give work only to people who have passed their qualification.
create table qualification_batches (
  batch_id text primary key
);

-- Who has passed the qualification of which batch.
create table qualifications (
  person_id text not null,
  batch_id text not null,
  at_us bigint not null,
  primary key (person_id, batch_id)
);
