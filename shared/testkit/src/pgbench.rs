//! PostgreSQL's own benchmark, which ours are held against.

use std::process::Command;

use anyhow::Context;

/// Transactions a second of `pgbench` with its arguments: `words` is the program and where the server is.
pub fn pgbench(words: &[String], arguments: &[&str]) -> anyhow::Result<f64> {
    let (program, place) = words.split_first().context("where is pgbench?")?;
    let output = Command::new(program).args(arguments).args(place).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.starts_with("tps = "));
    let line = line.with_context(|| format!("{text}{}", String::from_utf8_lossy(&output.stderr)))?;
    Ok(line.split_whitespace().nth(2).context("tps")?.parse()?)
}
