//! An S3 server as a process of its own: real protocol, checked signatures, CORS open to browsers.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use base64::{Engine, prelude::BASE64_STANDARD};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{self, HeaderName, HeaderValue},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use s3s::{
    Body,
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use sha2::{Digest, Sha256};

const KEY: &str = "sayso-test-key";
const SECRET: &str = "sayso-test-secret";
const REGION: &str = "us-east-1";
const DIR_VAR: &str = "SAYSO_TEST_S3_DIR";
const PORT_VAR: &str = "SAYSO_TEST_S3_PORT";
/// What the child prints in front of its port.
const READY: &str = "S3 port ";

/// One running server; dropping it kills the process and removes what it stored.
pub struct S3Server {
    root: PathBuf,
    port: u16,
    child: Mutex<Option<Child>>,
}

/// One empty bucket and what a client needs to reach it.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub name: String,
    pub endpoint: String,
    pub region: String,
    pub key: String,
    pub secret: String,
    /// Where the server keeps this bucket's objects: one file per object, named by its key.
    pub folder: PathBuf,
}

/// A new bucket on the server that all tests of this process share.
pub fn fresh_bucket() -> Bucket {
    static SHARED: OnceLock<S3Server> = OnceLock::new();
    SHARED.get_or_init(S3Server::start).fresh_bucket()
}

impl S3Server {
    /// Starts a server of one's own, for tests that take the store down.
    pub fn start() -> Self {
        let root = tempfile::Builder::new().prefix("sayso-s3-").tempdir().unwrap().keep();
        let (child, port) = spawn(&root, 0);
        Self { root, port, child: Mutex::new(Some(child)) }
    }

    pub fn fresh_bucket(&self) -> Bucket {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("sayso-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = self.root.join(&name);
        fs::create_dir(&folder).unwrap();
        Bucket {
            name,
            endpoint: format!("http://127.0.0.1:{}", self.port),
            region: REGION.into(),
            key: KEY.into(),
            secret: SECRET.into(),
            folder,
        }
    }

    /// An outage: the process is killed, connections break; what was stored stays.
    pub fn stop(&self) {
        if let Some(mut child) = self.child.lock().unwrap().take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Ends the outage, on the same port and with the same objects.
    pub fn restart(&self) {
        self.stop();
        *self.child.lock().unwrap() = Some(spawn(&self.root, self.port).0);
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.stop();
        fs::remove_dir_all(&self.root).ok();
    }
}

/// Runs this test binary again as the server; returns when it listens.
fn spawn(root: &PathBuf, port: u16) -> (Child, u16) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "helpers::s3::serve_s3", "--nocapture"])
        .env(DIR_VAR, root)
        .env(PORT_VAR, port.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test binary can start itself as the S3 server");
    // The test runner prints its own lines, one of them without an end, before ours.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let port =
        lines.find_map(|line| line.split_once(READY)?.1.trim().parse().ok()).expect("the S3 server prints its port");
    // The runner prints again after a minute, and would end itself if nobody read it.
    std::thread::spawn(move || lines.for_each(drop));
    (child, port)
}

/// Not a test: the body of the server process. Does nothing unless [`spawn`] started it.
#[test]
fn serve_s3() {
    let Ok(root) = std::env::var(DIR_VAR).map(PathBuf::from) else { return };
    let port: u16 = std::env::var(PORT_VAR).unwrap().parse().unwrap();
    let folder = root.clone();
    // The pipe closes when the test process ends, however it ends.
    std::thread::spawn(move || {
        std::io::stdin().read_to_end(&mut Vec::new()).ok();
        fs::remove_dir_all(&folder).ok();
        std::process::exit(0);
    });
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(serve(root, port));
}

async fn serve(root: PathBuf, port: u16) {
    let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
    let bucket = Arc::new(Shell { inner: builder.build(), create: tokio::sync::Mutex::new(()) });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    println!("\n{READY}{}", listener.local_addr().unwrap().port());
    std::io::stdout().flush().unwrap();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let bucket = bucket.clone();
        tokio::spawn(async move {
            let answer = service_fn(move |request| {
                let bucket = bucket.clone();
                async move { Ok::<_, std::convert::Infallible>(bucket.answer(request).await) }
            });
            let connection = auto::Builder::new(TokioExecutor::new());
            // A client that hangs up is that client's business.
            connection.serve_connection(TokioIo::new(socket), answer).await.ok();
        });
    }
}

/// What `s3s-fs` lacks of a real bucket: CORS, an atomic create, and no trace of a refused body.
struct Shell {
    inner: S3Service,
    create: tokio::sync::Mutex<()>,
}

impl Shell {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let mut reply = if request.method() == Method::OPTIONS {
            status(StatusCode::NO_CONTENT, String::new())
        } else if request.method() == Method::PUT {
            self.put(request).await
        } else {
            self.call(request.map(Body::from)).await
        };
        let open = [
            ("access-control-allow-origin", "*"),
            ("access-control-allow-methods", "GET, PUT, HEAD"),
            ("access-control-allow-headers", "*"),
            ("access-control-expose-headers", "ETag"),
        ];
        for (name, value) in open {
            reply.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        reply
    }

    /// `s3s-fs` stores first and compares the checksum afterwards, and looks for the object
    /// of `If-None-Match` before it reads the body; S3 does neither.
    async fn put(&self, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let Ok(bytes) = Body::from(body).store_all_limited(usize::MAX).await else {
            return refuse("IncompleteBody");
        };
        if let Some(wanted) = parts.headers.get("x-amz-checksum-sha256")
            && BASE64_STANDARD.encode(Sha256::digest(&bytes)).as_bytes() != wanted.as_bytes()
        {
            return refuse("BadDigest");
        }
        let create = parts.headers.contains_key(header::IF_NONE_MATCH);
        let request = Request::from_parts(parts, Body::from(bytes));
        let _one_at_a_time = if create { Some(self.create.lock().await) } else { None };
        self.call(request).await
    }

    async fn call(&self, request: Request<Body>) -> Response<Body> {
        match self.inner.call(request).await {
            Ok(reply) => reply,
            Err(error) => status(StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}")),
        }
    }
}

fn refuse(code: &str) -> Response<Body> {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
    status(StatusCode::BAD_REQUEST, body)
}

fn status(status: StatusCode, body: String) -> Response<Body> {
    let mut reply = Response::new(Body::from(body));
    *reply.status_mut() = status;
    reply
}
