-- Recordings that nobody has decided on are accepted after a week: those that were uploaded before, too.
insert into jobs (id, kind, payload, light, key, state, attempts, run_at_us, lease_until_us, error, created_us)
  select c.id, 'accept_take', '{"task":"' || c.task_id || '"}', 1, null, 'ready', 0,
    c.uploaded_us + 604800000000, 0, '', c.uploaded_us
  from clips c where c.state in ('uploaded', 'verified', 'dead') and c.accepted = 0;
