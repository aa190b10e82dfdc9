-- Judgements as given.
create table answers (
  id text primary key,
  task_id text not null unique,
  item_id text not null,
  batch_id text not null,
  person_id text not null,
  label text not null check (label in ('yes', 'no', 'unsure')),
  reason text,
  duration_ms bigint not null,
  body_sha256 text not null,
  at_us bigint not null,
  unique (item_id, person_id)
);
create index answers_batch on answers (batch_id, id);

/*lite:
create trigger answers_no_update before update on answers begin select raise(abort, 'answers are append-only'); end;
create trigger answers_no_delete before delete on answers begin select raise(abort, 'answers are append-only'); end;
*/
/*pg:
create trigger answers_append_only before update or delete or truncate on answers
  for each statement execute function append_only();
*/
