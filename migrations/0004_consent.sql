-- What people are asked to agree to; a new text is a new version.
create table consent_texts (
  project_id text not null,
  version bigint not null,
  title text not null,
  body text not null,
  sha256 text not null,
  created_us bigint not null,
  primary key (project_id, version)
);

-- Consents and withdrawals as they happened; the latest one counts.
create table consents (
  id text primary key,
  person_id text not null,
  project_id text not null,
  version bigint not null,
  given bigint not null check (given in (0, 1)),
  at_us bigint not null
);
create index consents_person on consents (person_id, project_id, id);

/*lite:
create trigger consents_no_update before update on consents begin select raise(abort, 'consents are append-only'); end;
create trigger consents_no_delete before delete on consents begin select raise(abort, 'consents are append-only'); end;
*/
/*pg:
create trigger consents_append_only before update or delete or truncate on consents
  for each statement execute function append_only();
*/
