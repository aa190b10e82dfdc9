-- PostgreSQL reads the text of a table's checks anew for each statement that writes to it, and looks up a
-- referenced row for each that is inserted. Where every value is a constant of the statement itself, or a
-- row that the same transaction holds, that is paid for each task and can find nothing. SQLite keeps them
-- all: there they cost next to nothing, and every statement is tested on both. What is counted or computed
-- stays checked here, too: leases, amounts, times.
/*pg:
alter table tasks drop constraint tasks_item_id_fkey;
alter table tasks drop constraint tasks_state_check;
alter table queue drop constraint queue_lane_check;
alter table queue drop constraint queue_open_check;
alter table jobs drop constraint jobs_state_check;
alter table answers drop constraint answers_label_check;
*/
-- The ends of leases, only for what asks for ends: whatever a person holds is found by the person. A planner
-- that sees few leases thinks both as good, and then reads past each that has ended until a vacuum.
drop index tasks_live;
create index tasks_live on tasks (expires_us) where state = 'leased' and expires_us >= 0;
