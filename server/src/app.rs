//! Starting and stopping the site.

use crate::accounts;
use crate::config::{BadSetting, Config};
use crate::platform::{
    blobs::{BlobError, Blobs},
    clock::Clock,
    db::{Db, DbError},
    headers,
    memory::Memory,
    migrate::{MigrateError, migrate},
    page,
    secrets::Secrets,
    site::Site,
    telemetry::{self, RequestSpan},
    worker,
};
use crate::routes::routes;
use crate::schedule::schedule;
use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle},
    middleware::{Compress, from_fn},
    web,
};
use std::{net::TcpListener, sync::Arc};
use tokio::{sync::watch, task::JoinHandle};
use tracing_actix_web::TracingLogger;

/// Why the site cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting cannot be used.
    #[error(transparent)]
    Setting(#[from] BadSetting),
    /// The data folder cannot be made, or the address cannot be listened on.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// The database does not answer.
    #[error("the database cannot be opened: {0}")]
    Db(#[from] DbError),
    /// The schema cannot be brought up to date.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The object store cannot be opened.
    #[error("the object store cannot be opened: {0}")]
    Store(#[from] BlobError),
}

/// A site that serves.
pub struct Running {
    /// Where, such as `http://127.0.0.1:8080`.
    pub url: String,
    /// One-time link for the first administrator, while there is none.
    pub setup_link: Option<String>,
    /// What handlers and jobs use.
    pub site: Site,
    server: ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
    working: Option<JoinHandle<()>>,
    stop: watch::Sender<bool>,
}

/// Opens database and store and brings the schema up to date.
///
/// # Errors
/// See [`StartError`].
pub async fn open(config: &Config, clock: Clock) -> Result<Site, StartError> {
    config.check()?;
    // Installed once a process; a second time is no error.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let io = |what: String| move |source| StartError::Io { what, source };
    std::fs::create_dir_all(&config.data_dir)
        .map_err(io(format!("the data folder {} cannot be made", config.data_dir.display())))?;
    let db = Db::open_for(&config.database()?, config.threads()).await?;
    let blobs = Blobs::open(&config.store()?)?;
    let applied = migrate(&db, &clock).await?;
    if !applied.is_empty() {
        tracing::info!(migrations = applied.len(), "schema brought up to date");
    }
    let secrets = Secrets::load(&db, &clock, config.secret.as_deref()).await?;
    let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
    telemetry::metrics_handle();
    Ok(Site {
        db,
        blobs,
        clock,
        secrets,
        public_url: public_url.trim_end_matches('/').into(),
        wake: Arc::default(),
        scratch: config.data_dir.join("scratch").into(),
        metrics_token: config.metrics_token.as_deref().map(Into::into),
        payouts: config.payout_webhook().map(Arc::new),
        memory: Memory::default(),
    })
}

/// Starts serving and working.
///
/// # Errors
/// See [`StartError`].
pub async fn start(config: Config, clock: Clock) -> Result<Running, StartError> {
    let mut site = open(&config, clock).await?;
    let io = |what: String| move |source| StartError::Io { what, source };
    let listener = TcpListener::bind(config.listen).map_err(io(format!("{} cannot be listened on", config.listen)))?;
    let address = listener.local_addr().map_err(io("the address is unknown".to_owned()))?;
    let url = format!("http://{address}");
    if config.public_url.is_none() {
        site.public_url = url.as_str().into();
    }
    let server = serve(site.clone(), listener, config.threads()).map_err(io("the server cannot start".to_owned()))?;
    let setup_link =
        accounts::setup_token(&site).await?.map(|token| format!("{}/setup?token={token}", site.public_url));
    let (stop, stopped) = watch::channel(false);
    let jobs = (!config.no_jobs).then(|| worker::run(site.clone(), schedule(), stopped));
    Ok(Running {
        url,
        setup_link,
        server: server.handle(),
        serving: tokio::spawn(server),
        working: jobs.map(tokio::spawn),
        site,
        stop,
    })
}

fn serve(site: Site, listener: TcpListener, workers: usize) -> std::io::Result<Server> {
    let data = web::Data::new(site);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .configure(routes)
            .wrap(from_fn(page::problems_as_pages))
            .wrap(from_fn(accounts::middleware::authenticate))
            .wrap(from_fn(headers::secure))
            .wrap(Compress::default())
            .wrap(TracingLogger::<RequestSpan>::new())
    })
    // Requests under way are finished before the process ends.
    .shutdown_timeout(20)
    .disable_signals()
    .workers(workers);
    Ok(server.listen(listener)?.run())
}

impl Running {
    /// Stops: no new requests, those under way are finished, running jobs too.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        self.server.stop(true).await;
        let _ = self.serving.await;
        if let Some(working) = self.working {
            let _ = working.await;
        }
        self.site.db.close().await;
    }
}

/// Runs jobs only, until `stopped` says so.
///
/// # Errors
/// See [`StartError`].
pub async fn work(config: Config, stopped: watch::Receiver<bool>) -> Result<(), StartError> {
    let site = open(&config, Clock::system()).await?;
    worker::run(site.clone(), schedule(), stopped).await;
    site.db.close().await;
    Ok(())
}
