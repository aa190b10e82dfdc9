-- What models say about items: one more worker each, by name and version.
create table predictions (
  id text primary key,
  item_id text not null,
  batch_id text not null,
  model text not null,
  version text not null,
  label text not null check (label in ('yes', 'no')),
  probability double precision not null check (probability between 0 and 1),
  at_us bigint not null,
  unique (item_id, model, version)
);
create index predictions_batch on predictions (batch_id, model, version, item_id);
-- Gold, too, is found by its clip.
create index items_about on items (clip_id, batch_id);

/*lite:
create trigger predictions_no_update before update on predictions begin select raise(abort, 'predictions are append-only'); end;
create trigger predictions_no_delete before delete on predictions begin select raise(abort, 'predictions are append-only'); end;
*/
/*pg:
create trigger predictions_append_only before update or delete or truncate on predictions
  for each statement execute function append_only();
*/
