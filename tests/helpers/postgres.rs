//! A throw-away PostgreSQL cluster per test process, and a database in it per test.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use super::watchdog::{Watchdog, quoted};

struct Cluster {
    port: u16,
    _watchdog: Watchdog,
}

/// The URL of a new, empty database.
///
/// # Panics
/// Where PostgreSQL is not installed, saying how to install it.
pub fn fresh_database() -> String {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let port = CLUSTER.get_or_init(start).port;
    let name = format!("sayso_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    // From template0: cloning template1 fails while another test is cloning it.
    psql(port, &format!("create database {name} template template0"));
    format!("postgres://postgres@127.0.0.1:{port}/{name}")
}

/// Runs one statement as the superuser, for tests that take connections away.
pub fn admin_sql(database_url: &str, sql: &str) -> String {
    run(tool("psql").args(["--no-psqlrc", "-qtA", "-v", "ON_ERROR_STOP=1", "-d", database_url, "-c", sql]))
}

fn psql(port: u16, sql: &str) {
    admin_sql(&format!("postgres://postgres@127.0.0.1:{port}/postgres"), sql);
}

fn start() -> Cluster {
    let dir = tempfile::Builder::new()
        .prefix("sayso-pg-")
        // The server's own user must get in where the tests run as root.
        .permissions(fs::Permissions::from_mode(0o755))
        .tempdir()
        .unwrap()
        .keep();
    let data = dir.join("data");
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(&dir));
    }
    run(owned("initdb")
        .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(&data));
    let watchdog = watch(&dir, &data);
    let port = free_port();
    // No fsync: what the tests kill is our server, never this one.
    let settings = format!(
        "-p {port} -k {} -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=on \
         -c full_page_writes=off -c max_connections=200 -c autovacuum_naptime=5",
        dir.display()
    );
    run(owned("pg_ctl")
        .arg("-D")
        .arg(&data)
        .arg("-l")
        .arg(dir.join("log"))
        .args(["-w", "-t", "60", "-o", &settings, "start"]));
    Cluster { port, _watchdog: watchdog }
}

/// Stops the cluster and removes its files when this process ends.
fn watch(dir: &Path, data: &Path) -> Watchdog {
    let stop = owned("pg_ctl");
    let stop: Vec<String> = std::iter::once(stop.get_program()).chain(stop.get_args()).map(quoted).collect();
    let stop = format!("{} -D {} -m immediate stop", stop.join(" "), quoted(data));
    Watchdog::start("", &format!("{stop}; rm -rf {}", quoted(dir)))
}

/// A tool of the server, run as the user that may run it: PostgreSQL refuses root.
fn owned(name: &str) -> Command {
    let program = bin_dir().join(name);
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn tool(name: &str) -> Command {
    Command::new(bin_dir().join(name))
}

/// Where `initdb` is: Debian's newest version, or else the `PATH`.
fn bin_dir() -> PathBuf {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<_> = debian
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .map(|version| (version, PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"))))
        .filter(|(_, folder)| folder.join("initdb").exists())
        .collect();
    debian.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .pop()
        .map(|(_, folder)| folder)
        .or_else(|| std::env::split_paths(&path).find(|folder| folder.join("initdb").exists()))
        .expect("PostgreSQL is needed by the tests: `apt-get install postgresql`, or put `initdb` on the PATH")
}

fn is_root() -> bool {
    run(Command::new("id").arg("-u")).trim() == "0"
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Runs to the end and gives what was printed.
///
/// The output goes through a file: a pipe would stay open in the server that `pg_ctl` leaves.
fn run(command: &mut Command) -> String {
    let printed = tempfile::NamedTempFile::new().unwrap();
    let output = printed.reopen().unwrap();
    let status = command
        // The temp folder of the caller may be closed to the server's user.
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(output.try_clone().unwrap())
        .stderr(output)
        .status()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let printed = fs::read_to_string(printed.path()).unwrap();
    assert!(status.success(), "{command:?}: {status}\n{printed}");
    printed
}
