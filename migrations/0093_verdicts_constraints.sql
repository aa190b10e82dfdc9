-- As in 0091: every word here is one that the program makes of an enumeration, and SQLite keeps these checks.
/*pg:
alter table verdicts drop constraint verdicts_state_check;
alter table verdicts drop constraint verdicts_label_check;
alter table verdict_history drop constraint verdict_history_label_check;
alter table verdict_history drop constraint verdict_history_cause_check;
alter table verdict_history drop constraint verdict_history_state_check;
*/
