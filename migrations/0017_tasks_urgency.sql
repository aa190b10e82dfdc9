-- How much earlier than its turn an item comes; rank is the time of its arrival less this.
alter table queue add column urgency_us bigint not null default 0;
