-- What people report: an item is more upsetting than it says. One report a person and item.
create table exposure_reports (
  item_id text not null,
  person_id text not null,
  level bigint not null check (level between 1 and 3),
  categories bigint not null,
  at_us bigint not null,
  settled_us bigint not null default 0,
  settled_by text,
  primary key (item_id, person_id)
);
create index exposure_reports_open on exposure_reports (item_id) where settled_us = 0;
