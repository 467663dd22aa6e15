//! `hengji` as a process of its own: served, stopped, killed.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::binary;

/// Settings as environment variables.
pub type Variables = Vec<(String, String)>;

/// Longest wait for a start or an end; met in a fraction of it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A process that serves. Dropped, it is killed.
pub struct Server {
    name: String,
    child: Child,
    pub endpoint: String,
    log: PathBuf,
}

impl Server {
    /// Starts `hengji serve` on a free port and waits until it says where.
    pub async fn start(
        name: &str,
        arguments: &[&str],
        variables: &Variables,
        logs: &Path,
    ) -> anyhow::Result<Self> {
        let log = logs.join(format!("{name}.log"));
        let file = std::fs::File::options().create(true).append(true).open(&log)?;
        let mut child = command(variables)?
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(file)
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().context("its output is piped")?;
        let mut server = Self { name: name.to_owned(), child, endpoint: String::new(), log };
        match tokio::time::timeout(PATIENCE, endpoint(output)).await {
            Ok(Some(endpoint)) => server.endpoint = endpoint,
            Ok(None) => bail!("{name} ended at its start: {}", server.tail()),
            Err(_) => bail!("{name} does not start: {}", server.tail()),
        }
        Ok(server)
    }

    /// Asks it to stop and demands a clean end.
    pub async fn terminate(mut self) -> anyhow::Result<()> {
        let id = self.child.id().context("it has ended before it was told to")?;
        let told = Command::new("sh").args(["-c", &format!("kill -TERM {id}")]).status().await?;
        ensure!(told.success(), "kill -TERM {id}: {told}");
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = ended.with_context(|| format!("{} does not stop: {}", self.name, self.tail()))??;
        ensure!(status.code() == Some(0), "{} ended with {status}: {}", self.name, self.tail());
        Ok(())
    }

    /// Ends it as a power failure would.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Memory it holds, as the system counts it, in kB.
    pub fn resident_kilobytes(&self) -> anyhow::Result<u64> {
        let id = self.child.id().context("it has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    fn tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

/// Runs a verb of the command that ends by itself, and gives what it prints.
pub async fn run(arguments: &[&str], variables: &Variables) -> anyhow::Result<String> {
    let output = command(variables)?.args(arguments).output().await?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "hengji {}: {} {complaint}", arguments.join(" "), output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Nothing of the tests' own environment reaches it.
fn command(variables: &Variables) -> anyhow::Result<Command> {
    let mut command = Command::new(binary::path()?);
    command.env_clear().envs(variables.iter().cloned()).stdin(Stdio::null());
    Ok(command)
}

/// The address in the line that says it serves; later lines are read and let go.
async fn endpoint(output: ChildStdout) -> Option<String> {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some((_, address)) = line.split_once("http://") {
            let endpoint = format!("http://{address}");
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Some(endpoint);
        }
    }
    None
}
