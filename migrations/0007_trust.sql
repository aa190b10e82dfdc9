-- How people did on items whose answer is known.
create table gold_results (
  task_id text primary key,
  person_id text not null,
  item_id text not null,
  batch_id text not null,
  correct bigint not null check (correct in (0, 1)),
  at_us bigint not null
);
create index gold_results_person on gold_results (person_id);
