-- How long each finished task took, and what it paid at that time.
create table wage_times (
  task_id text primary key,
  batch_id text not null,
  person_id text not null,
  active_ms bigint not null check (active_ms >= 0),
  pay_cents bigint not null,
  at_us bigint not null
);
create index wage_times_batch on wage_times (batch_id, at_us);
create index wage_times_person on wage_times (person_id, at_us);

-- The least hourly pay by currency.
create table wage_floors (
  currency text primary key,
  cents_per_hour bigint not null check (cents_per_hour > 0),
  set_by text,
  at_us bigint not null
);
insert into wage_floors (currency, cents_per_hour, set_by, at_us) values ('USD', 1200, null, 0);

-- Each time a batch was found to pay less than the floor: everybody's tasks after the round before
-- and up to this one are lifted to what a task must pay.
create table wage_rounds (
  batch_id text not null,
  round bigint not null,
  until_us bigint not null,
  median_ms bigint not null,
  due_cents bigint not null,
  primary key (batch_id, round)
);
/*lite:
create trigger wage_rounds_no_update before update on wage_rounds begin select raise(abort, 'rounds are append-only'); end;
create trigger wage_rounds_no_delete before delete on wage_rounds begin select raise(abort, 'rounds are append-only'); end;
*/
/*pg:
create trigger wage_rounds_append_only before update or delete or truncate on wage_rounds
  for each statement execute function append_only();
*/
