-- Since when an item waits for people of its level, UTC microseconds.
alter table queue add column level_us bigint not null default 0;
