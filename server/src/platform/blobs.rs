//! The object store: content-addressed blobs, and a staging area that browsers upload to.
//!
//! A blob's key is the SHA-256 of its bytes, so it is never overwritten and never doubled.
//! Uploads arrive under `staging/<id>` by a signed URL; the server reads them once, checks
//! size and digest, and only then creates the blob from the very bytes that it checked.

use super::ids::sha256_hex;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use object_store::{
    ClientOptions, ObjectStore, ObjectStoreExt, PutMode, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder, S3ConditionalPut},
    local::LocalFileSystem,
    path::Path,
    signer::{HeaderName, HeaderValue, Method, SignedUrlOptions, Signer},
};
use std::{collections::BTreeMap, ops::Range, sync::Arc, time::Duration};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What is read or sent at once of something large.
const PIECE_BYTES: u64 = 8 << 20;

/// What the object store can fail with.
pub type BlobError = object_store::Error;

/// Where objects are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreConfig {
    /// A folder on this machine.
    Folder(std::path::PathBuf),
    /// A bucket of an S3-compatible service.
    S3 {
        /// Bucket name.
        bucket: String,
        /// Base URL of the service; `None` is Amazon's own.
        endpoint: Option<String>,
        /// Region name.
        region: String,
        /// Access key id; `None` takes the environment's credentials.
        key: Option<String>,
        /// Secret access key.
        secret: Option<String>,
    },
}

/// The object store. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    s3: Option<Arc<AmazonS3>>,
    origin: Option<Arc<str>>,
}

/// A signed request that a browser may send once or many times until it expires.
pub struct Signed {
    /// Absolute URL.
    pub url: String,
    /// Headers that are part of the signature.
    pub headers: BTreeMap<String, String>,
}

impl Blobs {
    /// Opens the store; a missing folder is created.
    ///
    /// # Errors
    /// When the folder cannot be made or the settings are incomplete.
    pub fn open(config: &StoreConfig) -> Result<Self, BlobError> {
        match config {
            StoreConfig::Folder(folder) => {
                std::fs::create_dir_all(folder)
                    .map_err(|source| BlobError::Generic { store: "folder", source: Box::new(source) })?;
                // Without fsync an acknowledged upload may vanish with the power.
                let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
                Ok(Self { store: Arc::new(store), s3: None, origin: None })
            }
            StoreConfig::S3 { bucket, endpoint, region, key, secret } => {
                let mut builder = AmazonS3Builder::from_env()
                    .with_bucket_name(bucket)
                    .with_region(region)
                    .with_conditional_put(S3ConditionalPut::ETagMatch)
                    .with_client_options(ClientOptions::new().with_timeout(Duration::from_secs(8)))
                    // The library's default keeps a request waiting for three minutes.
                    .with_retry(RetryConfig {
                        max_retries: 3,
                        retry_timeout: Duration::from_secs(8),
                        ..RetryConfig::default()
                    });
                if let Some(endpoint) = endpoint {
                    builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
                }
                if let (Some(key), Some(secret)) = (key, secret) {
                    builder = builder.with_access_key_id(key).with_secret_access_key(secret);
                }
                let s3 = Arc::new(builder.build()?);
                let origin = match endpoint {
                    Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
                    None => format!("https://s3.{region}.amazonaws.com"),
                };
                Ok(Self { store: s3.clone(), s3: Some(s3), origin: Some(origin.into()) })
            }
        }
    }

    /// The origin that browsers upload to, when it is not this server.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// Stores `bytes` under their SHA-256 and returns it; storing twice is storing once.
    ///
    /// # Errors
    /// When the store does not take them.
    pub async fn put(&self, bytes: Bytes) -> Result<String, BlobError> {
        let digest = sha256_hex(&bytes);
        match self.store.put_opts(&blob_path(&digest), bytes.into(), PutMode::Create.into()).await {
            Ok(_) | Err(BlobError::AlreadyExists { .. }) => Ok(digest),
            Err(error) => Err(error),
        }
    }

    /// Stores a file whose SHA-256 is known, in pieces: memory does not grow with its size.
    ///
    /// # Errors
    /// When the file cannot be read or the store does not take it.
    pub async fn put_file(&self, file: &std::path::Path, digest: &str) -> Result<(), BlobError> {
        if self.exists(digest).await? {
            return Ok(());
        }
        let unread = |source: std::io::Error| BlobError::Generic { store: "scratch", source: Box::new(source) };
        let mut file = tokio::fs::File::open(file).await.map_err(unread)?;
        let size = file.metadata().await.map_err(unread)?.len();
        let path = blob_path(digest);
        let mut upload = if size > PIECE_BYTES { Some(self.store.put_multipart(&path).await?) } else { None };
        loop {
            let mut piece = Vec::new();
            (&mut file).take(PIECE_BYTES).read_to_end(&mut piece).await.map_err(unread)?;
            match &mut upload {
                None => return self.store.put(&path, piece.into()).await.map(drop),
                Some(upload) if piece.is_empty() => return upload.complete().await.map(drop),
                Some(upload) => upload.put_part(piece.into()).await?,
            }
        }
    }

    /// Writes a blob of a known size into a file, which is there when it is whole.
    ///
    /// # Errors
    /// [`BlobError::NotFound`] when there is none; when the file cannot be written.
    pub async fn get_file(&self, digest: &str, size: u64, file: &std::path::Path) -> Result<(), BlobError> {
        let unwritten = |source: std::io::Error| BlobError::Generic { store: "folder", source: Box::new(source) };
        let part = file.with_added_extension("part");
        let mut out = tokio::fs::File::create(&part).await.map_err(unwritten)?;
        let mut pieces = std::pin::pin!(self.clone().stream(digest.to_owned(), 0..size));
        while let Some(piece) = pieces.next().await {
            out.write_all(&piece?).await.map_err(unwritten)?;
        }
        out.sync_all().await.map_err(unwritten)?;
        tokio::fs::rename(&part, file).await.map_err(unwritten)
    }

    /// Some bytes of a blob, piece by piece: memory does not grow with their number.
    pub fn stream(self, digest: String, range: Range<u64>) -> impl Stream<Item = Result<Bytes, BlobError>> {
        let pieces = stream::iter((range.start..range.end).step_by(PIECE_BYTES as usize));
        pieces.then(move |start| {
            let (blobs, digest) = (self.clone(), digest.clone());
            async move { blobs.get_range(&digest, start..range.end.min(start + PIECE_BYTES)).await }
        })
    }

    /// All bytes of a blob.
    ///
    /// # Errors
    /// [`BlobError::NotFound`] when there is none.
    pub async fn get(&self, digest: &str) -> Result<Bytes, BlobError> {
        self.store.get(&blob_path(digest)).await?.bytes().await
    }

    /// Some bytes of a blob.
    ///
    /// # Errors
    /// As [`Blobs::get`].
    pub async fn get_range(&self, digest: &str, range: Range<u64>) -> Result<Bytes, BlobError> {
        self.store.get_range(&blob_path(digest), range).await
    }

    /// Whether a blob exists.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn exists(&self, digest: &str) -> Result<bool, BlobError> {
        match self.store.head(&blob_path(digest)).await {
            Ok(_) => Ok(true),
            Err(BlobError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A URL that takes exactly one object of this type and digest (and so of one size), straight
    /// into the store; `None` on a local folder, where the server itself takes uploads.
    ///
    /// # Errors
    /// When the store cannot sign.
    pub async fn sign_upload(
        &self,
        id: &str,
        content_type: &str,
        sha256: &[u8],
        lives: Duration,
    ) -> Result<Option<Signed>, BlobError> {
        let Some(s3) = &self.s3 else { return Ok(None) };
        let header = |text: &str| {
            HeaderValue::from_str(text).map_err(|source| BlobError::Generic { store: "S3", source: Box::new(source) })
        };
        let checksum = STANDARD.encode(sha256);
        let options = SignedUrlOptions::new()
            .with_signed_header(HeaderName::from_static("content-type"), header(content_type)?)
            .with_signed_header(HeaderName::from_static("x-amz-checksum-sha256"), header(&checksum)?);
        let url = s3.signed_url_opts(Method::PUT, &staging_path(id), lives, &options).await?;
        let headers = BTreeMap::from([
            ("content-type".to_owned(), content_type.to_owned()),
            ("x-amz-checksum-sha256".to_owned(), checksum),
        ]);
        Ok(Some(Signed { url: url.into(), headers }))
    }

    /// Keeps uploaded bytes until they are completed; used where the server takes uploads.
    ///
    /// # Errors
    /// When the store does not take them.
    pub async fn stage(&self, id: &str, bytes: Bytes) -> Result<(), BlobError> {
        self.store.put(&staging_path(id), bytes.into()).await.map(drop)
    }

    /// Size of a staged upload, if it has arrived.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn staged_size(&self, id: &str) -> Result<Option<u64>, BlobError> {
        match self.store.head(&staging_path(id)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(BlobError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The staged bytes.
    ///
    /// # Errors
    /// [`BlobError::NotFound`] when nothing has arrived.
    pub async fn staged(&self, id: &str) -> Result<Bytes, BlobError> {
        self.store.get(&staging_path(id)).await?.bytes().await
    }

    /// Forgets a staged upload; forgetting what is not there is no error.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn unstage(&self, id: &str) -> Result<(), BlobError> {
        match self.store.delete(&staging_path(id)).await {
            Ok(()) | Err(BlobError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether the store answers at all; for `/readyz`.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), BlobError> {
        self.exists(&"0".repeat(64)).await.map(drop)
    }
}

fn blob_path(digest: &str) -> Path {
    // Two levels of folders keep a local directory listing usable.
    let (a, b) = (digest.get(..2).unwrap_or("00"), digest.get(2..4).unwrap_or("00"));
    Path::from(format!("blobs/{a}/{b}/{digest}"))
}

fn staging_path(id: &str) -> Path {
    Path::from(format!("staging/{id}"))
}
