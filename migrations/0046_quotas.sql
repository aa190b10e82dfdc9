-- How many recordings a batch wants of a phrase ('' is any) by people of one value of a dimension.
-- kept: places kept for them, which for any phrase are those beyond the targets of single phrases;
-- taken: recordings made or being made, for any phrase those beyond the places kept of their phrase.
create table quota_cells (
  batch_id text not null,
  phrase text not null,
  dimension text not null check (dimension in ('accent', 'gender', 'age', 'device', 'noise')),
  value text not null,
  target bigint not null check (target > 0),
  kept bigint not null check (kept >= 0),
  taken bigint not null check (taken >= 0),
  primary key (batch_id, phrase, dimension, value)
) /*pg: with (fillfactor = 75) */;

-- The places of a phrase ('' is any) that no cell of the dimension still waits for: for everybody.
-- Below zero where the cells want more than there are places.
create table quota_axes (
  batch_id text not null,
  phrase text not null,
  dimension text not null,
  free bigint not null,
  primary key (batch_id, phrase, dimension)
) /*pg: with (fillfactor = 75) */;

-- Recordings that a batch wants of each phrase, done or not.
create table quota_places (
  batch_id text not null,
  phrase text not null,
  places bigint not null,
  primary key (batch_id, phrase)
);

-- Every place that is taken: who records what, and which cells it counts for. What people say about
-- themselves stands here only while the batch has cells, and follows their profile; device and noise
-- stay as they were.
create table quota_slots (
  task_id text primary key,
  batch_id text not null,
  person_id text not null,
  phrase text not null,
  accent text not null,
  gender text not null,
  age text not null,
  device text not null,
  noise text not null
);
create index quota_slots_batch on quota_slots (batch_id, phrase);
create index quota_slots_person on quota_slots (person_id);

-- What a person's usable recordings told of their microphone and surroundings.
create table quota_captures (
  person_id text primary key,
  device text not null,
  snr_db double precision not null,
  clips bigint not null
);

insert into quota_places (batch_id, phrase, places)
select q.batch_id, i.phrase, cast(sum(q.target) as bigint) from queue q
join items i on i.id = q.item_id join batches b on b.id = q.batch_id
where b.kind = 'record' group by q.batch_id, i.phrase;

insert into quota_slots (task_id, batch_id, person_id, phrase, accent, gender, age, device, noise)
select t.id, t.batch_id, t.person_id, i.phrase, 'unknown', 'unknown', 'unknown', 'unknown', 'unknown' from tasks t
join items i on i.id = t.item_id join batches b on b.id = t.batch_id
where b.kind = 'record' and t.state in ('leased', 'submitted')
  and not exists (select 1 from clips c where c.task_id = t.id and c.state = 'refused');
