-- Appeals against refusals: one each, decided by somebody who did not refuse.
create table refusal_appeals (
  task_id text primary key,
  person_id text not null,
  text text not null check (length(text) >= 20),
  state text not null check (state in ('open', 'won', 'lost')),
  decided_by text,
  answer text not null,
  filed_us bigint not null,
  due_us bigint not null,
  escalated_us bigint not null,
  decided_us bigint not null
);
create index refusal_appeals_open on refusal_appeals (due_us, task_id) where state = 'open';
create index refusal_appeals_person on refusal_appeals (person_id, filed_us);
