//! Settings from the environment and flags, with a clear error for each bad value.

use crate::platform::blobs::StoreConfig;
use crate::platform::site::Webhook;
use crate::platform::telemetry::{self, LogFormat};
use clap::Args;
use std::{net::SocketAddr, path::PathBuf};

/// Values that examples use and that must never protect anything.
const SAMPLE_SECRETS: [&str; 3] = ["changeme", "secret", "sayso"];

/// Every setting. Without any, Sayso uses SQLite and a folder under `./data`.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Address to listen on.
    #[arg(long, env = "SAYSO_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// How people reach the site, such as `https://sayso.example.org`; decides cookie security.
    #[arg(long, env = "SAYSO_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Folder of the embedded database and store.
    #[arg(long, env = "SAYSO_DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,
    /// sqlite://path or postgres://user:password@host/database; default: a file in the data folder.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// file:///path or s3://bucket; default: a folder in the data folder.
    #[arg(long, env = "STORE_URL")]
    pub store_url: Option<String>,
    /// Base URL of an S3-compatible service; default: Amazon's own.
    #[arg(long, env = "S3_ENDPOINT")]
    pub s3_endpoint: Option<String>,
    /// Region of the bucket.
    #[arg(long, env = "S3_REGION", default_value = "us-east-1")]
    pub s3_region: String,
    /// Access key id; default: the environment's AWS credentials.
    #[arg(long, env = "S3_ACCESS_KEY", hide_env_values = true)]
    pub s3_access_key: Option<String>,
    /// Secret access key.
    #[arg(long, env = "S3_SECRET_KEY", hide_env_values = true)]
    pub s3_secret_key: Option<String>,
    /// Key that signs tokens, at least 32 characters; default: one made and kept in the database.
    #[arg(long, env = "SAYSO_SECRET", hide_env_values = true)]
    pub secret: Option<String>,
    /// Bearer token for /metrics; default: only this machine may read it.
    #[arg(long, env = "SAYSO_METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,
    /// Payment provider that is told of each approved payout; default: people send the money by hand.
    #[arg(long, env = "SAYSO_PAYOUT_URL", hide_env_values = true)]
    pub payout_url: Option<String>,
    /// What requests to and from the payment provider are signed with, at least 32 characters.
    #[arg(long, env = "SAYSO_PAYOUT_SECRET", hide_env_values = true)]
    pub payout_secret: Option<String>,
    /// Serve pages and the API only, and leave all jobs to `sayso work` processes.
    #[arg(long, env = "SAYSO_NO_JOBS")]
    pub no_jobs: bool,
    /// HTTP worker threads; default: one with SQLite, one for four cores with PostgreSQL.
    #[arg(long, env = "SAYSO_WORKERS")]
    pub workers: Option<usize>,
    /// How logs look.
    #[arg(long, env = "SAYSO_LOG_FORMAT", value_enum, default_value = "pretty")]
    pub log_format: LogFormat,
    /// What is logged, such as info or sayso=debug.
    #[arg(long, env = "SAYSO_LOG", default_value = "info,sqlx=warn,object_store=warn,symphonia=off")]
    pub log: String,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{name}: {message}")]
pub struct BadSetting {
    /// Name of the environment variable.
    pub name: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

fn bad(name: &'static str, message: impl Into<String>) -> BadSetting {
    BadSetting { name, message: message.into() }
}

fn is_http(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            data_dir: PathBuf::from("data"),
            database_url: None,
            store_url: None,
            s3_endpoint: None,
            s3_region: "us-east-1".to_owned(),
            s3_access_key: None,
            s3_secret_key: None,
            secret: None,
            metrics_token: None,
            payout_url: None,
            payout_secret: None,
            no_jobs: false,
            workers: None,
            log_format: LogFormat::Pretty,
            log: "info".to_owned(),
        }
    }
}

impl Config {
    /// Checks what one setting alone cannot tell.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn check(&self) -> Result<(), BadSetting> {
        self.database()?;
        self.store()?;
        if let Some(secret) = &self.secret {
            let sample = SAMPLE_SECRETS.iter().any(|sample| secret.to_lowercase().replace(sample, "").len() < 8);
            if secret.len() < 32 || sample {
                return Err(bad(
                    "SAYSO_SECRET",
                    "give at least 32 random characters, for example from `openssl rand -hex 32`",
                ));
            }
        }
        if let Some(url) = &self.public_url {
            let parsed = url::Url::parse(url)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
            if parsed.is_none_or(|url| url.path() != "/") {
                return Err(bad("SAYSO_PUBLIC_URL", "give scheme and host only, such as https://sayso.example.org"));
            }
        }
        if self.payout_url.is_some() != self.payout_secret.is_some() {
            return Err(bad(
                "SAYSO_PAYOUT_SECRET",
                "give SAYSO_PAYOUT_URL and SAYSO_PAYOUT_SECRET together, or neither",
            ));
        }
        if self.payout_url.as_ref().is_some_and(|url| !is_http(url)) {
            return Err(bad("SAYSO_PAYOUT_URL", "give a URL such as https://pay.example.org/payouts"));
        }
        if self.payout_secret.as_ref().is_some_and(|secret| secret.len() < 32) {
            return Err(bad("SAYSO_PAYOUT_SECRET", "give at least 32 random characters"));
        }
        if !telemetry::is_filter(&self.log) {
            return Err(bad("SAYSO_LOG", "give levels such as info or sayso=debug,warn"));
        }
        if self.workers == Some(0) {
            return Err(bad("SAYSO_WORKERS", "give at least 1"));
        }
        if self.metrics_token.as_ref().is_some_and(|token| token.len() < 16) {
            return Err(bad("SAYSO_METRICS_TOKEN", "give at least 16 characters"));
        }
        Ok(())
    }

    /// The payment provider, if one is set up.
    pub fn payout_webhook(&self) -> Option<Webhook> {
        let (url, secret) = self.payout_url.clone().zip(self.payout_secret.clone())?;
        Some(Webhook { url, secret })
    }

    /// The database's address.
    ///
    /// # Errors
    /// When it is neither SQLite nor PostgreSQL.
    pub fn database(&self) -> Result<String, BadSetting> {
        let Some(url) = &self.database_url else {
            return Ok(format!("sqlite://{}", self.data_dir.join("sayso.db").display()));
        };
        let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if known {
            Ok(url.clone())
        } else {
            Err(bad("DATABASE_URL", "give sqlite://path or postgres://user:password@host/database"))
        }
    }

    /// How many threads serve. More than the database keeps busy wait for each other, which costs more than
    /// it wins.
    pub fn threads(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let kept_busy = match &self.database_url {
            // It spends about three times as much on a request as the server.
            Some(url) if url.starts_with("postgres") => (cores / 4).max(1),
            // One transaction follows the other anyway.
            _ => 1,
        };
        self.workers.unwrap_or(kept_busy)
    }

    /// Where objects are kept.
    ///
    /// # Errors
    /// When the address is not a folder or a bucket, or half of the credentials is missing.
    pub fn store(&self) -> Result<StoreConfig, BadSetting> {
        let Some(url) = &self.store_url else { return Ok(StoreConfig::Folder(self.data_dir.join("store"))) };
        if let Some(path) = url.strip_prefix("file://").filter(|path| !path.is_empty()) {
            return Ok(StoreConfig::Folder(PathBuf::from(path)));
        }
        let Some(bucket) =
            url.strip_prefix("s3://").map(|rest| rest.trim_end_matches('/')).filter(|name| !name.is_empty())
        else {
            return Err(bad("STORE_URL", "give file:///absolute/path or s3://bucket"));
        };
        if bucket.contains('/') {
            return Err(bad("STORE_URL", "give the bucket's name only, without a path: s3://bucket"));
        }
        if self.s3_access_key.is_some() != self.s3_secret_key.is_some() {
            return Err(bad("S3_SECRET_KEY", "give S3_ACCESS_KEY and S3_SECRET_KEY together, or neither"));
        }
        if self.s3_endpoint.as_ref().is_some_and(|url| !is_http(url)) {
            return Err(bad("S3_ENDPOINT", "give a URL such as https://s3.example.org"));
        }
        Ok(StoreConfig::S3 {
            bucket: bucket.to_owned(),
            endpoint: self.s3_endpoint.clone(),
            region: self.s3_region.clone(),
            key: self.s3_access_key.clone(),
            secret: self.s3_secret_key.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_settings_everything_lies_in_the_data_folder() {
        let config = Config::default();
        assert_eq!(config.database().as_deref(), Ok("sqlite://data/sayso.db"));
        assert_eq!(config.store(), Ok(StoreConfig::Folder("data/store".into())));
        assert_eq!(config.check(), Ok(()));
    }

    #[test]
    fn one_thread_serves_sqlite_unless_somebody_says_otherwise() {
        assert_eq!(Config::default().threads(), 1);
        assert_eq!(Config { workers: Some(3), ..Config::default() }.threads(), 3);
    }

    #[test]
    fn each_bad_value_is_named() {
        let name = |change: fn(&mut Config)| {
            let mut config = Config::default();
            change(&mut config);
            config.check().err().map(|bad| bad.name)
        };
        assert_eq!(name(|c| c.database_url = Some("mysql://x".into())), Some("DATABASE_URL"));
        assert_eq!(name(|c| c.store_url = Some("/tmp/x".into())), Some("STORE_URL"));
        assert_eq!(name(|c| c.secret = Some("short".into())), Some("SAYSO_SECRET"));
        assert_eq!(name(|c| c.secret = Some("changemechangemechangemechangeme".into())), Some("SAYSO_SECRET"));
        assert_eq!(name(|c| c.public_url = Some("sayso.example.org".into())), Some("SAYSO_PUBLIC_URL"));
        assert_eq!(name(|c| c.workers = Some(0)), Some("SAYSO_WORKERS"));
        assert_eq!(name(|c| c.log = "sayso=loud".into()), Some("SAYSO_LOG"));
    }
}
