//! A fresh pair of stores for one test: SQLite and a folder, or PostgreSQL and S3.

use std::path::Path;

use sayso::config::Config;
use tempfile::TempDir;

use super::{
    postgres,
    s3::{self, Bucket},
    watchdog::scratch,
};

/// Which database and which object store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// What `sayso` uses without any configuration.
    LiteFolder,
    /// What an operator with many users runs.
    PgS3,
}

/// The two stores, empty, and removed at the end of the test.
pub struct Backend {
    pub pair: Pair,
    pub database_url: String,
    pub store_url: String,
    /// The bucket, where there is one.
    pub bucket: Option<Bucket>,
    folder: TempDir,
}

impl Backend {
    pub fn fresh(pair: Pair) -> Self {
        match pair {
            Pair::LiteFolder => Self::lite(),
            Pair::PgS3 => Self::pg(s3::fresh_bucket()),
        }
    }

    /// PostgreSQL and a bucket of a server that the test itself takes down.
    pub fn pg(bucket: Bucket) -> Self {
        Self {
            pair: Pair::PgS3,
            database_url: postgres::fresh_database(),
            store_url: format!("s3://{}", bucket.name),
            bucket: Some(bucket),
            folder: scratch("stores-"),
        }
    }

    fn lite() -> Self {
        let folder = scratch("stores-");
        Self {
            pair: Pair::LiteFolder,
            database_url: format!("sqlite://{}", folder.path().join("sayso.db").display()),
            store_url: format!("file://{}", folder.path().join("blobs").display()),
            bucket: None,
            folder,
        }
    }

    /// A folder of this test's own.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the objects are as files, to look at or to spoil.
    pub fn objects(&self) -> std::path::PathBuf {
        self.bucket.as_ref().map_or_else(|| self.folder().join("blobs"), |bucket| bucket.folder.clone())
    }

    /// Settings for a server in this process, on a port of its own.
    pub fn config(&self) -> Config {
        let mut config = Config {
            data_dir: self.folder().to_owned(),
            database_url: Some(self.database_url.clone()),
            store_url: Some(self.store_url.clone()),
            workers: Some(2),
            ..Config::default()
        };
        if let Some(bucket) = self.bucket.clone() {
            config.s3_endpoint = Some(bucket.endpoint);
            config.s3_region = bucket.region;
            config.s3_access_key = Some(bucket.key);
            config.s3_secret_key = Some(bucket.secret);
        }
        config
    }

    /// The same settings as the environment of the real program.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("SAYSO_LISTEN", "127.0.0.1:0".to_owned()),
            ("SAYSO_DATA_DIR", self.folder().display().to_string()),
            ("DATABASE_URL", self.database_url.clone()),
            ("STORE_URL", self.store_url.clone()),
        ];
        if let Some(bucket) = self.bucket.clone() {
            variables.extend([
                ("S3_ENDPOINT", bucket.endpoint),
                ("S3_REGION", bucket.region),
                ("S3_ACCESS_KEY", bucket.key),
                ("S3_SECRET_KEY", bucket.secret),
            ]);
        }
        variables
    }
}
