-- Who did what: a chain in which every entry carries the hash of the one before.
create table audit_entries (
  seq bigint primary key,
  at_us bigint not null,
  actor text not null,
  action text not null,
  subject text not null,
  detail text not null,
  hash text not null
);

-- The end of the chain; its row is also the lock that keeps entries in order.
create table audit_head (
  id bigint primary key check (id = 1),
  seq bigint not null,
  hash text not null
);
insert into audit_head (id, seq, hash) values (1, 0, '');

/*lite:
create trigger audit_entries_no_update before update on audit_entries begin select raise(abort, 'audit entries are append-only'); end;
create trigger audit_entries_no_delete before delete on audit_entries begin select raise(abort, 'audit entries are append-only'); end;
*/
/*pg:
create function append_only() returns trigger language plpgsql as $$
begin raise exception '% is append-only', tg_table_name; end $$;
create trigger audit_entries_append_only before update or delete or truncate on audit_entries
  for each statement execute function append_only();
*/
