-- The day of the week on which everybody is paid out by itself: 1 is Monday; null is never.
create table payout_schedule (
  name text primary key check (name = 'site'),
  weekday bigint check (weekday between 1 and 7),
  least_cents bigint not null check (least_cents > 0),
  set_us bigint not null,
  set_by text not null
);

-- Runs that are complete, by their day since 1970. One that was cut short is gone through again.
create table payout_runs (
  period bigint primary key,
  done_us bigint not null
);

-- However often a run is gone through, it makes one payout a person and currency.
alter table payouts add column run_period bigint;
create unique index payouts_run on payouts (person_id, currency, run_period) where run_period is not null;
