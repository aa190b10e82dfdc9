-- The item's categories, beside its sensitivity: both decide who may be given it.
alter table queue add column categories bigint not null default 0;
update queue set categories = 32 where sensitivity >= 2;
