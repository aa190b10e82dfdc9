//! Builds the browser bundle (`web-wasm`) so that one `cargo run` yields the whole platform.
//!
//! A nested cargo compiles the crate for wasm32 with a target folder of its own (the outer
//! cargo holds the lock on the usual one), then `wasm-bindgen` writes the JavaScript glue to
//! `OUT_DIR/pkg`, from where `platform/assets.rs` embeds it.

use std::{
    collections::HashMap,
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const TARGET: &str = "wasm32-unknown-unknown";

fn main() -> Result<(), Box<dyn Error>> {
    let server = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let root = server.parent().ok_or("server has no parent folder")?;
    for path in ["web-wasm", "crates/audio/src", "crates/audio/Cargo.toml", "crates/wire", "Cargo.lock"] {
        println!("cargo:rerun-if-changed={}", root.join(path).display());
    }
    println!("cargo:rerun-if-changed={}", root.join("templates").display());
    println!("cargo:rerun-if-changed={}", root.join("static").display());
    println!("cargo:rerun-if-changed={}", root.join("migrations").display());
    let out = PathBuf::from(env::var("OUT_DIR")?);
    ensure_target()?;
    let module = compile(root, &out)?;
    bind(&module, &out.join("pkg"))
}

/// `rust-toolchain.toml` names the target; where rustup does not act on it, ask it once more.
fn ensure_target() -> Result<(), Box<dyn Error>> {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let print = Command::new(&rustc).args(["--print", "target-libdir", "--target", TARGET]).output()?;
    let folder = String::from_utf8_lossy(&print.stdout).trim().to_owned();
    if print.status.success() && Path::new(&folder).exists() {
        return Ok(());
    }
    let added = Command::new("rustup").args(["target", "add", TARGET]).status();
    if added.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err(format!("the Rust target {TARGET} is missing: run `rustup target add {TARGET}`").into())
}

fn compile(root: &Path, out: &Path) -> Result<PathBuf, Box<dyn Error>> {
    // OUT_DIR is target/<profile>/build/sayso-<hash>/out: one WASM folder serves every profile.
    let target = out.ancestors().nth(4).ok_or("OUT_DIR is not inside a target folder")?.join("wasm");
    let mut cargo = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    cargo
        .current_dir(root)
        .args(["build", "--package", "web-wasm", "--lib", "--profile", "wasm", "--target", TARGET])
        .arg("--target-dir")
        .arg(&target);
    // What the outer cargo set for the host must not reach the browser's build.
    for name in
        ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_TARGET"]
    {
        cargo.env_remove(name);
    }
    // Panics carry paths: shorter ones make a smaller bundle that tells nobody who built it.
    if let Some(home) = cargo_home() {
        let sources = home.join("registry").join("src");
        cargo.env("CARGO_ENCODED_RUSTFLAGS", format!("--remap-path-prefix={}=", sources.display()));
    }
    if !cargo.status()?.success() {
        return Err("the browser bundle (package web-wasm) did not compile; see above".into());
    }
    Ok(target.join(TARGET).join("wasm").join("web_wasm.wasm"))
}

/// Where cargo keeps the sources of dependencies.
fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))
}

fn bind(module: &Path, pkg: &Path) -> Result<(), Box<dyn Error>> {
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen
        .input_path(module)
        .out_name("web_wasm")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The library's default is true, and then `init()` needs an argument.
        .omit_default_module_path(false);
    bindgen.web(true)?;
    bindgen.generate(pkg)?;
    shorten(&pkg.join("web_wasm_bg.wasm"), &pkg.join("web_wasm.js"))
}

/// Gives the functions that the module imports short names: as made, each carries a hash, and
/// hashes do not compress. That saves 3 KB of the module and 2 KB of the script.
fn shorten(module: &Path, script: &Path) -> Result<(), Box<dyn Error>> {
    let mut config = walrus::ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let mut parsed = config.parse(&fs::read(module)?)?;
    let mut names: HashMap<String, String> = HashMap::new();
    for import in parsed.imports.iter_mut() {
        let short = format!("i{}", names.len());
        let short = names.entry(import.name.clone()).or_insert(short);
        import.name.clone_from(short);
    }
    fs::write(module, parsed.emit_wasm())?;
    let text = fs::read_to_string(script)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split_inclusive(|c| !is_name(c)).map(|part| {
        let word = part.trim_end_matches(|c| !is_name(c));
        let short = names.get(word).map_or(word, String::as_str);
        format!("{short}{}", &part[word.len()..])
    });
    fs::write(script, words.collect::<String>())?;
    Ok(())
}
