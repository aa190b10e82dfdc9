-- A further try of a qualification that an administrator has allowed: somebody's attempt of this number.
create table training_grants (
  person_id text not null,
  batch_id text not null,
  number bigint not null,
  granted_by text not null,
  at_us bigint not null,
  primary key (person_id, batch_id, number)
);
