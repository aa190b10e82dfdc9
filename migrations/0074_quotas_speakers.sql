-- How many recordings of each phrase, and of all together, one person may make for a project; 0 is any.
create table quota_speaker_limits (
  project_id text primary key,
  per_phrase bigint not null check (per_phrase >= 0),
  per_project bigint not null check (per_project >= 0)
);

-- Recordings that a person made or is making for a project: of a phrase, and ('') of all of them.
create table quota_spoken (
  project_id text not null,
  person_id text not null,
  phrase text not null,
  taken bigint not null,
  primary key (project_id, person_id, phrase)
) /*pg: with (fillfactor = 75) */;

insert into quota_spoken (project_id, person_id, phrase, taken)
select b.project_id, s.person_id, s.phrase, count(*) from quota_slots s join batches b on b.id = s.batch_id
group by b.project_id, s.person_id, s.phrase;
insert into quota_spoken (project_id, person_id, phrase, taken)
select b.project_id, s.person_id, '', count(*) from quota_slots s join batches b on b.id = s.batch_id
group by b.project_id, s.person_id;
