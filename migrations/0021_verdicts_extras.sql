-- Answers that a batch has asked for beyond the least of each item, for its budget. Spread over
-- sixteen rows, so that decisions on different items do not wait for each other.
create table verdict_extras (
  batch_id text not null,
  shard bigint not null check (shard between 0 and 15),
  answers bigint not null,
  primary key (batch_id, shard)
);
insert into verdict_extras (batch_id, shard, answers)
  select b.id, 0, cast(sum(q.target - b.answers_wanted) as bigint)
  from batches b join queue q on q.batch_id = b.id and q.lane = 0 and q.target > b.answers_wanted
  where b.kind = 'judge' group by b.id;
