-- How unpleasant a project's material is at the least, and what it is about: every batch of it is at least so.
alter table projects add column sensitivity bigint not null default 0 check (sensitivity between 0 and 3);
alter table projects add column categories bigint not null default 0;
