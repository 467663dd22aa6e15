//! A PostgreSQL server of one test's own, which may be stopped and started under whoever uses it.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::databases::{postgres_server, say_not_run};

/// How the binaries are found for every test run, and here too.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts");

/// Below the ports that outgoing connections take, so that it is still free after a restart.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// Longest wait for a start or an end; met in a fraction of it.
const PATIENCE: Duration = Duration::from_mins(1);

const NOBODY: (u32, u32) = (65_534, 65_534);

/// How the server goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Transactions in progress are rolled back, connections told and closed.
    Fast,
    /// As at a crash: connections cut, the log replayed at the next start.
    Immediate,
}

/// Its files lie in a folder of its own; dropped, it is gone.
pub struct OwnPostgres {
    folder: TempDir,
    binaries: PathBuf,
    /// User and group it runs as: never root.
    owner: (u32, u32),
    port: u16,
    child: Child,
}

impl OwnPostgres {
    /// A server that runs, or none with a plain word to stderr where `HENGJI_TEST_POSTGRES` is not set. Where it is set, its
    /// server is not ours to restart: then the server's binaries must be on this machine, and without them this fails.
    pub async fn start() -> anyhow::Result<Option<Self>> {
        if postgres_server().is_none() {
            say_not_run()?;
            return Ok(None);
        }
        let binaries = find_binaries().await?;
        let folder = tempfile::Builder::new().prefix("hengji-postgres.").tempdir()?;
        let owner = owner(folder.path()).await?;
        let data = folder.path().join("data");
        let made = own(&binaries.join("initdb"), owner, folder.path())
            .arg("-D")
            .arg(&data)
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
            .output()
            .await?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = free_port().context("no free port for a PostgreSQL server")?;
        let child = spawn(&binaries, owner, folder.path(), port)?;
        let mut server = Self { folder, binaries, owner, port, child };
        server.ready().await?;
        Ok(Some(server))
    }

    /// The URL of its superuser.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Down and up again at the same address, with the same data.
    pub async fn restart(&mut self, ending: Ending) -> anyhow::Result<()> {
        self.end(ending).await?;
        self.child = spawn(&self.binaries, self.owner, self.folder.path(), self.port)?;
        self.ready().await
    }

    /// Ends it and removes its files.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.end(Ending::Immediate).await?;
        Ok(self.folder.close()?)
    }

    async fn end(&mut self, ending: Ending) -> anyhow::Result<()> {
        let mode = match ending {
            Ending::Fast => "fast",
            Ending::Immediate => "immediate",
        };
        let told = own(&self.binaries.join("pg_ctl"), self.owner, self.folder.path())
            .args(["stop", "--no-wait", "-m", mode, "-D"])
            .arg(self.folder.path().join("data"))
            .output()
            .await?;
        ensure!(told.status.success(), "pg_ctl stop: {}", String::from_utf8_lossy(&told.stderr));
        tokio::time::timeout(PATIENCE, self.child.wait()).await.context("PostgreSQL does not stop")??;
        Ok(())
    }

    async fn ready(&mut self) -> anyhow::Result<()> {
        let until = tokio::time::Instant::now() + PATIENCE;
        while let Err(error) = PgConnection::connect(&self.url()).await {
            let ended = self.child.try_wait()?;
            if ended.is_some() || tokio::time::Instant::now() > until {
                let log = std::fs::read_to_string(self.folder.path().join("server.log"))?;
                bail!("PostgreSQL does not start: {error}\n{log}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

async fn find_binaries() -> anyhow::Result<PathBuf> {
    let find = r#". "$0/lib.sh" && . "$0/postgres.sh" && find_binaries"#;
    let found = Command::new("bash").args(["-c", find, SCRIPTS]).output().await?;
    ensure!(
        found.status.success(),
        "this test restarts a PostgreSQL server of its own and needs the server's binaries in \
         /usr/lib/postgresql or on PATH (Debian: apt-get install postgresql)"
    );
    Ok(PathBuf::from(String::from_utf8(found.stdout)?.trim()))
}

/// The server refuses to run as root: then the folder belongs to somebody with fewer rights.
async fn owner(folder: &Path) -> anyhow::Result<(u32, u32)> {
    let made = folder.metadata()?;
    if made.uid() != 0 {
        return Ok((made.uid(), made.gid()));
    }
    let owner = match (id("-u").await?, id("-g").await?) {
        (Some(user), Some(group)) => (user, group),
        _ => NOBODY,
    };
    chown(folder, Some(owner.0), Some(owner.1))?;
    Ok(owner)
}

/// Number of the user `postgres` or of its group.
async fn id(which: &str) -> anyhow::Result<Option<u32>> {
    let output = Command::new("id").args([which, "postgres"]).output().await?;
    Ok(String::from_utf8(output.stdout)?.trim().parse().ok())
}

fn free_port() -> Option<u16> {
    let from = std::process::id() % u32::from(PORTS.end - PORTS.start);
    let (before, after) = (PORTS, PORTS);
    let first = PORTS.start + u16::try_from(from).ok()?;
    let mut ports = after.skip_while(|port| *port < first).chain(before);
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
}

fn spawn(binaries: &Path, owner: (u32, u32), folder: &Path, port: u16) -> anyhow::Result<Child> {
    let log = File::options().create(true).append(true).open(folder.join("server.log"))?;
    let child = own(&binaries.join("postgres"), owner, folder)
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300"])
        .args(["-c", &format!("port={port}")])
        .args(["-c", &format!("unix_socket_directories={}", folder.display())])
        .stdout(log.try_clone()?)
        .stderr(log)
        .kill_on_drop(true)
        .spawn()?;
    Ok(child)
}

/// A program of the server, run as its owner.
fn own(program: &Path, owner: (u32, u32), folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).uid(owner.0).gid(owner.1);
    command
}
