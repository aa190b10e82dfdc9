//! The architecture, checked: file purposes and sizes, the order of rooms, who reads time and tables.

use std::collections::BTreeMap;

use crate::helpers::{
    architecture::{
        behind_doors, foreign_tables, inline_code, inside_order, mentions, owners, stray_sql, unfinished, upward,
    },
    source::{Source, crates, files, server},
};

const LINES_MAX: usize = 400;

#[test]
fn every_file_states_its_purpose_and_stays_short() {
    let sources = every_source();
    assert!(sources.len() > 20, "the sources are not where this test looks for them");
    check(&sources, |source| {
        let purpose = source.text.starts_with("//! ");
        let lines = source.text.lines().count();
        let mut faults = Vec::new();
        if !purpose {
            faults.push("the first line must say what the file is for: `//! …`".into());
        }
        if lines > LINES_MAX {
            faults.push(format!("{lines} lines are more than {LINES_MAX}: split it by purpose"));
        }
        faults
    });
}

#[test]
fn nothing_is_left_for_later() {
    let sources = every_source();
    check(&sources, unfinished);
}

#[test]
fn rooms_use_only_rooms_above_them() {
    let order = order_of_rooms();
    assert_eq!(order.first().map(String::as_str), Some("platform"), "platform names no room: it comes first in lib.rs");
    check(&server(), |source| upward(source, &order));
}

#[test]
fn rooms_see_only_the_doors_of_other_rooms() {
    let order = order_of_rooms();
    check(&server(), |source| behind_doors(source, &order));
}

#[test]
fn within_a_room_rules_know_no_storage_and_pages_know_only_the_model() {
    check(&server(), inside_order);
}

#[test]
fn only_the_clock_reads_time() {
    let calls = ["SystemTime::now", "Instant::now", "Utc::now", "Local::now", "now_utc(", "now_local("];
    let hint = "take the time as an argument, or a `platform::clock::Clock`";
    check(&production(), |source| mentions(source, &calls, &["server/src/platform/clock.rs"], hint));
}

#[test]
fn only_ids_draw_randomness() {
    let calls = ["getrandom::", "rand::", "OsRng", "thread_rng", "now_v7(", "new_v4("];
    let hint = "take it from `platform::ids`";
    check(&production(), |source| mentions(source, &calls, &["server/src/platform/ids.rs"], hint));
}

#[test]
fn the_pure_crates_do_no_io() {
    let calls = ["std::fs", "std::net", "std::env::", "std::process", "tokio::", "reqwest::", "sqlx::"];
    check(&crates(), |source| mentions(source, &calls, &[], "a pure crate gets bytes and gives bytes"));
}

#[test]
fn sql_stands_only_in_the_stores() {
    check(&server(), stray_sql);
}

#[test]
fn stores_touch_only_their_own_tables() {
    let owners = owners(&files(&["migrations"], "sql"), &order_of_rooms());
    assert!(owners.len() > 10, "no tables found in migrations/: {owners:?}");
    check(&server(), |source| foreign_tables(source, &owners));
}

#[test]
fn pages_obey_the_content_security_policy() {
    check(&files(&["templates"], "html"), inline_code);
}

/// Fails with every fault of every file, so that one run shows all the work.
fn check(sources: &[Source], faults_of: impl Fn(&Source) -> Vec<String>) {
    let faults = sources.iter().flat_map(|source| {
        let path = &source.path;
        faults_of(source).into_iter().map(move |fault| format!("{path}: {fault}"))
    });
    let faults: Vec<String> = faults.collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Also the tests, benchmarks, examples and fuzz targets of the crates, but nothing that was built.
fn every_source() -> Vec<Source> {
    let mut sources = files(&["server", "web-wasm", "tests", "crates"], "rs");
    sources.retain(|source| !source.path.contains("/target/"));
    sources
}

fn production() -> Vec<Source> {
    let mut sources = server();
    sources.extend(crates());
    sources
}

/// The modules of `lib.rs` in their order, which is the order of imports.
fn order_of_rooms() -> Vec<String> {
    let lib = server().into_iter().find(|source| source.path == "server/src/lib.rs").unwrap();
    let code = lib.code();
    let modules = code.lines().filter_map(|line| {
        let line = line.trim().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        Some(line.strip_prefix("mod ")?.strip_suffix(';')?.to_owned())
    });
    modules.collect()
}

mod planted {
    //! Each check catches a violation planted in text, and nothing in its lawful twin.

    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    fn rooms() -> Vec<String> {
        ["platform", "tasks", "media", "exports"].map(String::from).into()
    }

    #[test]
    fn an_upward_import_is_caught_however_it_is_written() {
        let caught = |text| !upward(&source("server/src/tasks/mod.rs", text), &rooms()).is_empty();
        assert!(caught("use crate::media::Clip;"));
        assert!(caught("use super::super::media::Clip;"));
        assert!(caught("use crate::{media, platform};"));
        assert!(caught("fn f() { crate::media::open() }"));
        assert!(!caught("use crate::platform::db::Tx; // crate::media comes later\nconst A: &str = \"crate::media\";"));
        assert!(!caught("use crate::tasks::model::Media;"));
    }

    #[test]
    fn a_look_behind_a_door_is_caught() {
        let caught = |path, text| !behind_doors(&source(path, text), &rooms()).is_empty();
        assert!(caught("server/src/media/mod.rs", "use crate::tasks::store;"));
        assert!(caught("server/src/media/mod.rs", "use crate::tasks::{Task, rules::{choose, A}};"));
        assert!(!caught("server/src/media/mod.rs", "use crate::tasks::{Task, model::Kind}; use super::store;"));
        assert!(!caught("server/src/routes.rs", "use crate::tasks::handlers;"));
    }

    #[test]
    fn storage_in_rules_and_rules_in_pages_are_caught() {
        let caught = |path, text| !inside_order(&source(path, text)).is_empty();
        assert!(caught("server/src/tasks/rules.rs", "use super::store;"));
        assert!(caught("server/src/tasks/pages.rs", "use super::{model::Task, rules};"));
        assert!(!caught("server/src/tasks/pages.rs", "use super::model::Task; use crate::platform::page::Layout;"));
        assert!(!caught("server/src/tasks/store.rs", "use super::{model::Task, rules};"));
    }

    #[test]
    fn time_chance_and_leftovers_are_caught_in_code_only() {
        let time = |text| !mentions(&source("server/src/tasks/mod.rs", text), &["Instant::now"], &[], "").is_empty();
        assert!(time("let t = std::time::Instant::now();"));
        assert!(!time("// Instant::now would be wrong\nlet t = clock.now_us();"));
        assert!(!time("fn f() {}\n#[cfg(test)]\nmod tests {\n fn g() { Instant::now(); }\n}"));
        let left = |text| !unfinished(&source("a.rs", text)).is_empty();
        assert!(left("// TODO: more"));
        assert!(!left("const A: &str = r#\"a \"TODO\" in data\"#;"));
    }

    #[test]
    fn sql_in_a_handler_and_another_rooms_table_are_caught() {
        let stray = |path, text| !stray_sql(&source(path, text)).is_empty();
        assert!(stray("server/src/tasks/handlers.rs", "tx.exec(\"update leases set state = 1\")"));
        assert!(!stray("server/src/tasks/handlers.rs", "problem(\"Select a file from your computer to update\")"));
        assert!(!stray("server/src/tasks/store.rs", "tx.exec(\"delete from leases\")"));

        let migration = source("migrations/0002_media.sql", "-- create table no (\ncreate table clips (id text);");
        let owners = owners(&[migration], &rooms());
        assert_eq!(owners.into_iter().collect::<Vec<_>>(), [("clips".to_owned(), "media".to_owned())]);
        let owners = BTreeMap::from([("clips".to_owned(), "media".to_owned())]);
        let foreign = |room: &str, sql: &str| {
            let path = format!("server/src/{room}/store.rs");
            !foreign_tables(&source(&path, &format!("tx.all(\"{sql}\", ())")), &owners).is_empty()
        };
        assert!(foreign("tasks", "select 1 from clips"));
        assert!(foreign("tasks", "select 1 from leases l join clips c on c.id = l.id"));
        assert!(foreign("exports", "update clips set id = $1"));
        assert!(!foreign("exports", "select id from clips"));
        assert!(!foreign("media", "insert into clips(id) values ($1) on conflict do update set id = $1"));
    }

    #[test]
    fn inline_scripts_and_styles_are_caught() {
        let caught = |text| !inline_code(&source("templates/a.html", text)).is_empty();
        assert!(caught("<script>alert(1)</script>"));
        assert!(caught("<p style=\"color:red\">"));
        assert!(!caught("<script type=module src=/static/a.js></script><p class=style>"));
    }
}
