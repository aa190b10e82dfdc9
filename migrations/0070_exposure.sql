-- Exposure is measured in time from here on. What was counted in items reached back one day at most.
drop table exposures;
drop table exposure_people;

-- One row per person: everything that decides what they may be given now. `account` is JSON (see
-- `exposure/model.rs`); the other columns are moved by one statement when a task is finished.
create table exposure_people (
  person_id text primary key,
  account text not null default '{}',
  used_us bigint not null default 0,
  work_from_us bigint not null default 0,
  work_ms bigint not null default 0,
  earned_cents bigint not null default 0,
  days bigint not null default 0,
  rest_from_us bigint not null default 0,
  last_us bigint not null default 0
) /*pg: with (fillfactor = 60) */;
create index exposure_people_used on exposure_people (used_us) where used_us > 0;

-- What people agreed to hear, and took back.
create table exposure_consents (
  id text primary key,
  person_id text not null,
  category text not null,
  action text not null check (action in ('given', 'withdrawn', 'distress')),
  at_us bigint not null,
  until_us bigint not null
);
create index exposure_consents_at on exposure_consents (at_us);
/*lite:
create trigger exposure_consents_no_update before update on exposure_consents begin select raise(abort, 'exposure consents are append-only'); end;
create trigger exposure_consents_no_delete before delete on exposure_consents begin select raise(abort, 'exposure consents are append-only'); end;
*/
/*pg:
create trigger exposure_consents_append_only before update or delete or truncate on exposure_consents
  for each statement execute function append_only();
*/

-- The site's limits; the latest row is in force, the documented defaults before the first.
create table exposure_settings (
  at_us bigint primary key,
  settings text not null,
  set_by text not null
);
