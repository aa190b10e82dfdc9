-- The phrase of a prompt, so that a phrase that lacks recordings can be given out first.
alter table queue add column phrase text;
update queue set phrase = (
  select i.phrase from items i join batches b on b.id = i.batch_id where i.id = queue.item_id and b.kind = 'record');
create index queue_phrase on queue (batch_id, phrase, rank, item_id) where open = 1 and phrase is not null;
