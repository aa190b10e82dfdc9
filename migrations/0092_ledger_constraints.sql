-- PostgreSQL reads the text of a table's checks anew for each statement that writes to it; see 0091. The kind
-- of an entry is a constant of each statement that makes one. Amounts stay checked.
/*pg:
alter table ledger_entries drop constraint ledger_entries_kind_check;
*/
