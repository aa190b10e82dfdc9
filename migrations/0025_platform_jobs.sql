-- Light jobs are taken many at a time. A job with a key is not enqueued again while one with that
-- key waits to be taken.
alter table jobs add column light bigint not null default 0;
alter table jobs add column key text;
create index jobs_ready on jobs (light, run_at_us) where state = 'ready';
create index jobs_running on jobs (lease_until_us) where state = 'running';
create unique index jobs_key on jobs (key) where key is not null and state = 'ready';
drop index jobs_due;
