//! The command `hengji` as it was built beside the tests.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use anyhow::{Context, anyhow, ensure};

static BUILT: LazyLock<Result<PathBuf, String>> =
    LazyLock::new(|| build().map_err(|error| format!("{error:#}")));

/// Its path; built first if it is missing, or older than the tests and so perhaps than the code.
pub fn path() -> anyhow::Result<&'static Path> {
    BUILT.as_deref().map_err(|error| anyhow!("{error}"))
}

fn build() -> anyhow::Result<PathBuf> {
    let this = std::env::current_exe()?;
    // target/debug/deps/story-0123456789abcdef
    let folder = this.parent().and_then(Path::parent).context("a test runs from target/*/deps")?;
    let path = folder.join("hengji");
    let age = |path: &Path| path.metadata().and_then(|file| file.modified());
    let fresh = age(&path).is_ok_and(|built| age(&this).is_ok_and(|tests| tests <= built));
    if !fresh {
        let target = folder.parent().context("a profile's folder lies in the target folder")?;
        let mut cargo = Command::new("cargo");
        // what tells of the package under test: build scripts that look at it would run anew, here and at the next build
        let of_package = |name: &OsString| name.to_string_lossy().starts_with("CARGO_PKG_");
        for name in std::env::vars_os().map(|(name, _)| name).filter(of_package) {
            cargo.env_remove(name);
        }
        // with the tests' own package, so that libraries are built once, with the features both need
        let built = cargo
            .args([
                "build",
                "--quiet",
                "--bins",
                "--package",
                "hengji",
                "--package",
                "hengji-tests",
                "--target-dir",
            ])
            .arg(target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_remove("CARGO_MANIFEST_DIR")
            .env_remove("CARGO_MANIFEST_PATH")
            .stdin(Stdio::null())
            .status()
            .context("cargo")?;
        ensure!(built.success(), "cargo build --package hengji: {built}");
    }
    Ok(path)
}
