-- The least hourly pay of people who live in a region, where it is higher than everybody's.
create table wage_region_floors (
  region text not null,
  currency text not null,
  cents_per_hour bigint not null check (cents_per_hour > 0),
  set_by text,
  at_us bigint not null,
  primary key (region, currency)
);
