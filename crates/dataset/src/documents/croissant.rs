//! Croissant 1.1: the release described for machines (MLCommons, 2026-01-29), with RAI 1.0.
//!
//! Every file with its checksum; a record set per table, whose fields say in which column they
//! are. `mlcroissant` loads each record set from the release's folder.

use crate::columns::{ANSWER_COLUMNS, CLIP_COLUMNS, Column, FEATURE_COLUMNS, Kind};
use crate::documents::card::Card;
use crate::documents::{json::sorted, licence, rai};
use crate::error::DatasetError;
use crate::release::manifest::FileEntry;
use crate::split::Split;
use crate::{ANSWERS_FILE, CLIPS_FILE, FEATURES_FILE, WITHDRAWALS_FILE};
use serde_json::{Map, Value, json};

/// The versions to which the description conforms.
const CONFORMS_TO: [&str; 2] = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"];

/// Record sets: name, file, columns.
const TABLES: [(&str, &str, &[Column]); 3] = [
    ("clips", CLIPS_FILE, &CLIP_COLUMNS),
    ("answers", ANSWERS_FILE, &ANSWER_COLUMNS),
    ("features", FEATURES_FILE, &FEATURE_COLUMNS),
];

/// The description of the release with this card and these files, as JSON-LD with sorted keys. It
/// is not checked here: hand it to the [gate](crate::documents::gate).
pub fn description(card: &Card, files: &[FileEntry]) -> Value {
    let about = &card.about;
    let mut document = json!({
        "@context": context(),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": card.project,
        "description": about.description,
        "license": licence::address(&card.licence),
        "url": about.url,
        "creator": creator(&about.creator),
        "datePublished": card.released_on,
        "version": card.version,
        "citeAs": licence::citation(card),
        "inLanguage": card.language,
        "isLiveDataset": false,
        "distribution": files.iter().map(file_object).collect::<Vec<Value>>(),
        "recordSet": record_sets(files),
        "usageInfo": { "@type": "sc:CreativeWork", "name": "Withdrawal policy", "url": WITHDRAWALS_FILE },
        "prov:wasGeneratedBy": made_by(card),
    });
    if let Value::Object(map) = &mut document {
        map.extend(rai::properties(card));
    }
    sorted(document)
}

/// The description as it is released, a line break at the end.
///
/// # Errors
///
/// None that a description can cause.
pub fn to_json(description: &Value) -> Result<String, DatasetError> {
    Ok(serde_json::to_string_pretty(description)? + "\n")
}

/// Provenance in the words of PROV-O.
fn made_by(card: &Card) -> Value {
    json!({
        "@type": "prov:Activity",
        "name": format!("Build of release {}", card.version),
        "prov:wasAssociatedWith": { "@type": "prov:SoftwareAgent", "name": "Sayso", "version": card.code_version },
    })
}

fn creator(name: &str) -> Value {
    if name.trim().is_empty() { Value::Null } else { json!({ "@type": "sc:Organization", "name": name }) }
}

fn file_object(file: &FileEntry) -> Value {
    json!({
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": format!("{} B", file.size_bytes),
        "encodingFormat": encoding_format(&file.path),
        "sha256": file.sha256,
    })
}

/// The media type of a file of a release, by its suffix.
fn encoding_format(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        // Not the registered application/vnd.apache.parquet, which `mlcroissant` does not read.
        Some("parquet") => "application/x-parquet",
        Some("wav") => "audio/wav",
        Some("tar") => "application/x-tar",
        Some("json") => "application/json",
        Some("csv") => "text/csv",
        Some("tsv") => "text/tab-separated-values",
        Some("html") => "text/html",
        Some("md") => "text/markdown",
        _ => "text/plain",
    }
}

fn record_sets(files: &[FileEntry]) -> Vec<Value> {
    let there = |path: &str| files.iter().any(|file| file.path == path);
    let tables =
        TABLES.iter().filter(|(_, path, _)| there(path)).map(|(name, path, columns)| record_set(name, path, columns));
    [splits()].into_iter().chain(tables).collect()
}

/// The splits as an enumeration, to which the column `split` refers.
fn splits() -> Value {
    let names = Split::ALL.map(Split::as_str);
    let url = |split: &str| {
        format!(
            "cr:{}Split",
            if split == "train" {
                "Training"
            } else if split == "dev" {
                "Validation"
            } else {
                "Test"
            }
        )
    };
    json!({
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "dataType": "cr:Split",
        "key": { "@id": "splits/name" },
        "field": [
            { "@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text" },
            { "@type": "cr:Field", "@id": "splits/url", "name": "url", "dataType": ["sc:URL", "wd:Q3985153"] },
        ],
        "data": names.map(|name| json!({ "splits/name": name, "splits/url": url(name) })),
    })
}

fn record_set(name: &str, path: &str, columns: &[Column]) -> Value {
    let mut set = json!({
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "field": columns.iter().map(|column| field(name, path, column)).collect::<Vec<Value>>(),
    });
    if name == "clips" {
        set["key"] = json!({ "@id": "clips/clip_id" });
    }
    set
}

fn field(table: &str, path: &str, column: &Column) -> Value {
    let mut field = Map::new();
    let mut put = |key: &str, value: Value| field.insert(key.to_owned(), value);
    put("@type", json!("cr:Field"));
    put("@id", json!(format!("{table}/{}", column.name)));
    put("name", json!(column.name));
    put("description", json!(column.meaning));
    put("dataType", json!(data_type(column.kind)));
    put("source", json!({ "fileObject": { "@id": path }, "extract": { "column": column.name } }));
    // Answers and features refer to clips too, but `mlcroissant` would then join whole tables.
    if (table, column.name) == ("clips", "split") {
        put("references", json!({ "field": { "@id": "splits/name" } }));
    }
    if column.kind == Kind::Floats {
        put("isArray", json!(true));
        put("arrayShape", json!("-1"));
    }
    Value::Object(field)
}

fn data_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::OptionalText => "sc:Text",
        Kind::Integer => "cr:Int32",
        Kind::Number => "cr:Float64",
        Kind::Floats => "cr:Float32",
        Kind::Flag | Kind::OptionalFlag => "sc:Boolean",
        Kind::Sound => "sc:AudioObject",
    }
}

/// The context of Croissant 1.1, as its appendix has it, and the prefixes used beside.
fn context() -> Value {
    let mut context = json!({
        "@language": "en",
        "@vocab": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "data": { "@id": "cr:data", "@type": "@json" },
        "dataType": { "@id": "cr:dataType", "@type": "@vocab" },
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        "description": { "@container": "@language" },
        "examples": { "@id": "cr:examples", "@type": "@json" },
        "name": { "@container": "@language" },
        "prov": "http://www.w3.org/ns/prov#",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
        "wd": "https://www.wikidata.org/wiki/",
    });
    let terms = [
        "arrayShape",
        "citeAs",
        "column",
        "containedIn",
        "equivalentProperty",
        "extract",
        "field",
        "fileObject",
        "fileProperty",
        "fileSet",
        "format",
        "includes",
        "isArray",
        "isLiveDataset",
        "jsonPath",
        "key",
        "md5",
        "parentField",
        "path",
        "recordSet",
        "references",
        "regex",
        "repeated",
        "replace",
        "samplingRate",
        "separator",
        "source",
        "subField",
        "transform",
    ];
    for term in terms {
        context[term] = json!(format!("cr:{term}"));
    }
    context
}
