-- Which level may be given an item (0 new to 3 expert), and when it came back into the queue out of
-- turn: the id of that event, so that they have an order.
alter table queue add column level_min bigint not null default 0;
alter table queue add column returned text;
create index queue_returned on queue (batch_id, returned) where open = 1 and lane = 0 and returned is not null;
create index queue_sensitive on queue (batch_id, sensitivity, item_id) where open = 1 and lane = 0 and sensitivity > 0;
create index queue_levels on queue (batch_id, level_min, item_id) where open = 1 and lane = 0 and level_min > 0;

-- How long a lease is renewed for, how often it was, and why a task was given back.
alter table tasks add column span_us bigint not null default 600000000;
alter table tasks add column renewals bigint not null default 0;
alter table tasks add column skip_code text;
create index tasks_held on tasks (person_id) where state = 'leased';
-- Nothing is looked up by the item alone, and each index costs every lease.
drop index tasks_item;

-- How far a person has come in a batch's queue and in what came back; after an empty search through
-- all of it, when the next such search is due.
alter table enrolments add column cursor_rank bigint not null default -9000000000000000000;
alter table enrolments add column cursor_item text not null default '';
alter table enrolments add column cursor_returned text not null default '';
alter table enrolments add column rest_us bigint not null default 0;

-- How long a task of a batch takes: a running estimate of the median.
create table paces (
  batch_id text primary key,
  median_ms bigint not null
);
