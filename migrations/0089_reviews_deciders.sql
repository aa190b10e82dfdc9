-- Nobody decides on an appeal of their own, or against what they refused, and every refusal is explained: the
-- database sees to it, whoever asks.
/*lite:
create trigger refusal_appeals_decider before update on refusal_appeals
  when new.decided_by is not null and (new.decided_by = new.person_id or exists (
    select 1 from refusals r where r.task_id = new.task_id and r.refused_by = new.decided_by))
begin select raise(abort, 'nobody decides on their own'); end;
create trigger refusal_appeals_decided before update on refusal_appeals
  when (new.state = 'open') <> (new.decided_by is null) or (new.state <> 'open' and length(new.answer) < 20)
begin select raise(abort, 'a decision names who decided, and why'); end;
create trigger refusals_explained before insert on refusals
  when length(new.item_id) = 0 or length(trim(new.text)) < 20
begin select raise(abort, 'a refusal names its item, and why'); end;
*/
/*pg:
create function refusal_appeals_decider() returns trigger language plpgsql as $$
begin
  if new.decided_by is not null and (new.decided_by = new.person_id or exists (
    select 1 from refusals r where r.task_id = new.task_id and r.refused_by = new.decided_by)) then
    raise exception 'nobody decides on their own';
  end if;
  if (new.state = 'open') <> (new.decided_by is null) or (new.state <> 'open' and length(new.answer) < 20) then
    raise exception 'a decision names who decided, and why';
  end if;
  return new;
end $$;
create trigger refusal_appeals_decider before update on refusal_appeals
  for each row execute function refusal_appeals_decider();
create function refusals_explained() returns trigger language plpgsql as $$
begin
  if length(new.item_id) = 0 or length(trim(new.text)) < 20 then
    raise exception 'a refusal names its item, and why';
  end if;
  return new;
end $$;
create trigger refusals_explained before insert on refusals for each row execute function refusals_explained();
*/
