-- Thresholds that a project has set since it was made. A take is judged by those in force when
-- its prompt was given out, so none is ever changed.
create table policies (
  project_id text not null references projects (id),
  at_us bigint not null,
  policy text not null,
  primary key (project_id, at_us)
);
/*lite:
create trigger policies_no_update before update on policies begin select raise(abort, 'policies are append-only'); end;
create trigger policies_no_delete before delete on policies begin select raise(abort, 'policies are append-only'); end;
*/
/*pg:
create trigger policies_append_only before update or delete or truncate on policies
  for each statement execute function append_only();
*/
