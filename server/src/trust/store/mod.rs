//! Every SQL statement of trust: what is counted of each person, here; pauses and gold beside.

pub mod gold;
pub mod pauses;
pub mod qualifications;

use super::model::{Added, Craft, Known, Saying, Tally};
use crate::batches::{BatchId, ItemId};
use crate::platform::{
    db::{self, Ask, DbResult, Only, Tx},
    ids::PersonId,
};

/// Takes a person's row for this transaction; it begins with nothing counted.
pub async fn lock(tx: &mut Tx, person: PersonId, craft: Craft, language: &str) -> DbResult<Tally> {
    tx.one(
        "insert into standings (person_id, craft, language, window_us, yes_right, yes_wrong, no_right, no_wrong, unsure,
           answered, agree_right, agree_wrong, doubt, doubt_yes, doubt_no, pauses, paused_id, paused_until_us)
         values ($1, $2, $3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null, 0)
         on conflict (person_id, craft, language) do update set answered = standings.answered
         returning person_id, craft, language, window_us, yes_right, yes_wrong, no_right, no_wrong, unsure, answered,
           agree_right, agree_wrong, doubt, doubt_yes, doubt_no, pauses, paused_id, paused_until_us",
        (person, craft.as_str(), language),
    )
    .await
}

/// What is measured of a person, nothing as nothing, and how they stand with a batch's qualification.
pub fn known(person: PersonId, craft: Craft, language: &str, batch: BatchId) -> Ask<Only<Known>> {
    db::one(
        "select cast(case when exists (select 1 from qualification_batches where batch_id = $4) then 1 else 0 end as bigint) as required,
           cast(case when exists (select 1 from qualifications where person_id = $1 and batch_id = $4) then 1 else 0 end as bigint) as passed,
           coalesce(s.person_id, $1) as person_id, coalesce(s.craft, $2) as craft, coalesce(s.language, $3) as language,
           coalesce(s.window_us, 0) as window_us, coalesce(s.yes_right, 0) as yes_right, coalesce(s.yes_wrong, 0) as yes_wrong,
           coalesce(s.no_right, 0) as no_right, coalesce(s.no_wrong, 0) as no_wrong, coalesce(s.unsure, 0) as unsure,
           coalesce(s.answered, 0) as answered, coalesce(s.agree_right, 0) as agree_right,
           coalesce(s.agree_wrong, 0) as agree_wrong, coalesce(s.doubt, 0) as doubt, coalesce(s.doubt_yes, 0) as doubt_yes,
           coalesce(s.doubt_no, 0) as doubt_no, coalesce(s.pauses, 0) as pauses, s.paused_id,
           coalesce(s.paused_until_us, 0) as paused_until_us
         from (select 1 as row) as always left join standings s on s.person_id = $1 and s.craft = $2 and s.language = $3",
        (person, craft.as_str(), language, batch),
    )
}

pub async fn find(tx: &mut Tx, person: PersonId, craft: Craft, language: &str) -> DbResult<Option<Tally>> {
    tx.opt(
        "select person_id, craft, language, window_us, yes_right, yes_wrong, no_right, no_wrong, unsure, answered,
           agree_right, agree_wrong, doubt, doubt_yes, doubt_no, pauses, paused_id, paused_until_us
         from standings where person_id = $1 and craft = $2 and language = $3",
        (person, craft.as_str(), language),
    )
    .await
}

/// Everything measured of one person.
pub async fn list_of(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Tally>> {
    tx.all(
        "select person_id, craft, language, window_us, yes_right, yes_wrong, no_right, no_wrong, unsure, answered,
           agree_right, agree_wrong, doubt, doubt_yes, doubt_no, pauses, paused_id, paused_until_us
         from standings where person_id = $1 order by craft, language",
        (person,),
    )
    .await
}

/// Everything measured of everybody, the busiest first.
pub async fn list(tx: &mut Tx) -> DbResult<Vec<Tally>> {
    tx.all(
        "select person_id, craft, language, window_us, yes_right, yes_wrong, no_right, no_wrong, unsure, answered,
           agree_right, agree_wrong, doubt, doubt_yes, doubt_no, pauses, paused_id, paused_until_us
         from standings order by answered desc, person_id, craft, language limit 1000",
        (),
    )
    .await
}

/// What is measured of those who have done most in a craft and language.
pub async fn list_busiest(tx: &mut Tx, craft: Craft, language: &str) -> DbResult<Vec<Tally>> {
    tx.all(
        "select person_id, craft, language, window_us, yes_right, yes_wrong, no_right, no_wrong, unsure, answered,
           agree_right, agree_wrong, doubt, doubt_yes, doubt_no, pauses, paused_id, paused_until_us
         from standings where craft = $1 and language = $2 order by answered desc limit 50",
        (craft.as_str(), language),
    )
    .await
}

/// Writes what gold says of a person whose row was taken before.
pub async fn put(tx: &mut Tx, tally: &Tally) -> DbResult<()> {
    tx.exec(
        "update standings set yes_right = $4, yes_wrong = $5, no_right = $6, no_wrong = $7, unsure = $8, answered = $9,
           doubt = $10, doubt_yes = $11, doubt_no = $12
         where person_id = $1 and craft = $2 and language = $3",
        (
            tally.person_id.as_str(),
            tally.craft.as_str(),
            tally.language.as_str(),
            tally.yes_right,
            tally.yes_wrong,
            tally.no_right,
            tally.no_wrong,
            tally.unsure,
            tally.answered,
            tally.doubt,
            tally.doubt_yes,
            tally.doubt_no,
        ),
    )
    .await
    .map(drop)
}

/// Gold of each kind that was answered from the window's begin until a moment.
pub async fn find_gold_until(tx: &mut Tx, tally: &Tally, until_us: i64) -> DbResult<(i64, i64, i64, i64)> {
    tx.one(
        "select cast(coalesce(sum(case when known = 'yes' then correct else 0 end), 0) as bigint),
           cast(coalesce(sum(case when known = 'yes' then 1 - correct else 0 end), 0) as bigint),
           cast(coalesce(sum(case when known = 'no' then correct else 0 end), 0) as bigint),
           cast(coalesce(sum(case when known = 'no' then 1 - correct else 0 end), 0) as bigint)
         from gold_results where person_id = $1 and language = $2 and at_us >= $3 and at_us < $4 and said <> 'unsure'",
        (tally.person_id.as_str(), tally.language.as_str(), tally.window_us, until_us),
    )
    .await
}

/// Agreement with others from the window's begin until a moment.
pub async fn find_agreed_until(tx: &mut Tx, tally: &Tally, until_us: i64) -> DbResult<(i64, i64)> {
    tx.one(
        "select cast(coalesce(sum(right_ppm), 0) as bigint), cast(coalesce(sum(wrong_ppm), 0) as bigint)
         from agreements where person_id = $1 and craft = $2 and language = $3 and at_us >= $4 and at_us < $5",
        (tally.person_id.as_str(), tally.craft.as_str(), tally.language.as_str(), tally.window_us, until_us),
    )
    .await
}

/// What an item said about a person before, and when.
#[derive(sqlx::FromRow)]
pub struct Agreed {
    pub item_id: ItemId,
    pub person_id: PersonId,
    pub craft: String,
    pub right_ppm: i64,
    pub wrong_ppm: i64,
    pub at_us: i64,
}

/// What items said before about people. Each is looked up: joined, PostgreSQL may read all that is known.
pub fn list_agreements(about: &[(ItemId, PersonId)]) -> DbResult<Ask<Vec<Agreed>>> {
    Ok(db::all(
        "select a.item_id, a.person_id, a.craft, a.right_ppm, a.wrong_ppm, a.at_us
         from /*pg: (select one ->> 0 as item_id, one ->> 1 as person_id from jsonb_array_elements($1::jsonb) as one) as n*/
           /*lite: (select value ->> 0 as item_id, value ->> 1 as person_id from json_each($1)) as n*/
         cross join /*pg: lateral (
           select * from agreements where person_id = n.person_id and item_id = n.item_id offset 0)*//*lite: agreements*/ as a
         where a.person_id = n.person_id and a.item_id = n.item_id",
        (db::json(about)?,),
    ))
}

/// Keeps what items say about people, each with the time of its first saying; not where their counts
/// began anew after it.
pub async fn put_agreements(tx: &mut Tx, saying: &[Saying]) -> DbResult<()> {
    tx.follow(
        "insert into agreements (person_id, item_id, craft, language, right_ppm, wrong_ppm, at_us)
         select n.person_id, n.item_id, n.craft, n.language, n.right_ppm, n.wrong_ppm, n.at_us
         from /*pg: jsonb_to_recordset($1::jsonb) as n (person_id text, item_id text, craft text, language text,
             right_ppm bigint, wrong_ppm bigint, at_us bigint)*/
           /*lite: (select value ->> 'person_id' as person_id, value ->> 'item_id' as item_id, value ->> 'craft' as craft,
             value ->> 'language' as language, value ->> 'right_ppm' as right_ppm, value ->> 'wrong_ppm' as wrong_ppm,
             value ->> 'at_us' as at_us from json_each($1)) as n*/
         where not exists (select 1 from standings s where s.person_id = n.person_id and s.craft = n.craft
           and s.language = n.language and s.window_us > n.at_us)
         on conflict (person_id, item_id, craft) do update set right_ppm = excluded.right_ppm, wrong_ppm = excluded.wrong_ppm",
        (db::json(saying)?,),
    )
    .await
}

/// Adds to what is counted of people, each in a craft and language once, unless their counts began anew
/// after `at_us`.
pub async fn add_agreements(tx: &mut Tx, added: &[&Added<'_>], at_us: i64) -> DbResult<()> {
    tx.follow(
        "insert into standings (person_id, craft, language, window_us, yes_right, yes_wrong, no_right, no_wrong, unsure,
           answered, agree_right, agree_wrong, doubt, doubt_yes, doubt_no, pauses, paused_id, paused_until_us)
         select n.person_id, n.craft, n.language, 0, 0, 0, 0, 0, 0, n.answered, n.right_ppm, n.wrong_ppm, 0, 0, 0, 0, null, 0
         from /*pg: jsonb_to_recordset($1::jsonb) as n (person_id text, craft text, language text, right_ppm bigint,
             wrong_ppm bigint, answered bigint)*/
           /*lite: (select value ->> 'person_id' as person_id, value ->> 'craft' as craft, value ->> 'language' as language,
             value ->> 'right_ppm' as right_ppm, value ->> 'wrong_ppm' as wrong_ppm, value ->> 'answered' as answered
             from json_each($1)) as n*/
         where true
         on conflict (person_id, craft, language) do update set agree_right = standings.agree_right + excluded.agree_right,
           agree_wrong = standings.agree_wrong + excluded.agree_wrong, answered = standings.answered + excluded.answered
         where standings.window_us <= $2",
        (db::json(added)?, at_us),
    )
    .await
}
