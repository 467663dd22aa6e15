//! The service in a process of its own, as it is deployed: its memory is its own, and callers come over the network.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::Context;
use hengji_testkit::{Database, Served, databases};

use crate::county;

/// The first word of the command that serves.
pub const SERVE: &str = "serve";

/// A running service. Dropped, it stops and removes its database.
pub struct Service {
    child: Child,
    input: Option<ChildStdin>,
    pub port: u16,
    pub token: String,
    pub url: String,
}

pub async fn database(label: &str) -> anyhow::Result<Database> {
    let found = databases().await?.into_iter().find(|one| one.label() == label);
    found.with_context(|| format!("no database {label}"))
}

impl Service {
    pub fn start(label: &str, projects: u64) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([SERVE, label, &projects.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("its output")?).read_line(&mut line)?;
        let [port, url, token] = line.trim_end().splitn(3, ' ').collect::<Vec<_>>()[..] else {
            anyhow::bail!("the service did not start");
        };
        Ok(Self { port: port.parse()?, token: token.to_owned(), url: url.to_owned(), child, input })
    }

    /// Processor time used so far in microseconds, as `/proc` counts it in hundredths of a second.
    pub fn processor_micros(&self) -> anyhow::Result<u64> {
        Ok(self.ticks()? * 10_000)
    }

    fn ticks(&self) -> anyhow::Result<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |index: usize| anyhow::Ok(fields.get(index).context("a field of stat")?.parse::<u64>()?);
        Ok(ticks(11)? + ticks(12)?)
    }

    /// Resident memory at most since the last call of this, in megabytes.
    pub fn peak_megabytes(&self) -> anyhow::Result<u64> {
        let process = format!("/proc/{}", self.child.id());
        let status = std::fs::read_to_string(format!("{process}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
        std::fs::write(format!("{process}/clear_refs"), "5")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()?.div_ceil(1024))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// The service's own side: says where it is, and ends with its input.
pub async fn serve(label: &str, projects: u64) -> anyhow::Result<()> {
    let database = database(label).await?;
    let county = county::open(&database, projects).await?;
    let served = Served::start(county.link()).await?;
    let request = county.bench.by(&county.rights, ());
    let token = request.metadata().get("authorization").context("a token")?.to_str()?.to_owned();
    println!("{} {} {token}", served.port, database.url("monitoring"));
    std::io::stdout().flush()?;
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
    drop(served);
    county.bench.stop().await;
    database.remove().await
}
