-- What sensitive material is about: a set of categories, one bit each (see `wire::Category`).
alter table batches add column categories bigint not null default 0;
alter table items add column categories bigint not null default 0;
update batches set categories = 32 where sensitivity >= 2;
update items set categories = 32 where sensitivity >= 2;
