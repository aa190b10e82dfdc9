-- Who has done most in a craft and language: among them are those who are trusted.
create index standings_busiest on standings (craft, language, answered);
