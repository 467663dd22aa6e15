//! One process with all six services, which can be killed and started again on the same data.

use anyhow::Context;
use hengji_testkit::Database;
use hengji_tests::child::{self, Server, Variables};
use hengji_tests::prepared::{self, PROJECT, Prepared};
use hengji_tests::{Desk, SERVICES, topology};
use tempfile::TempDir;

pub(crate) struct Process {
    variables: Variables,
    logs: TempDir,
}

impl Process {
    pub(crate) fn on(database: &Database) -> anyhow::Result<Self> {
        let url =
            |name: &&str| (format!("HENGJI_DATABASE__{}__URL", name.to_uppercase()), database.url(name));
        let mut variables: Variables = SERVICES.iter().map(url).collect();
        variables.push(("HENGJI_MIGRATE".into(), "true".into()));
        Ok(Self { variables, logs: tempfile::tempdir()? })
    }

    /// Further processes on the same data are its replicas; `name` is that of the log.
    pub(crate) async fn start(&self, name: &str) -> anyhow::Result<Server> {
        let server = Server::start(name, &[], &self.variables, self.logs.path()).await?;
        topology::ready(&topology::remote(&server.endpoint)?).await?;
        Ok(server)
    }

    /// Prepares `count` projects with money; everyone who had a part in it, and the projects' names.
    pub(crate) async fn prepare(
        &self,
        server: &Server,
        count: usize,
    ) -> anyhow::Result<(Prepared, Vec<String>)> {
        let identity = self.variables[..1].to_vec();
        let administrator = child::run(&["token", "--service", "identity"], &identity).await?;
        let people = prepared::prepare(topology::remote(&server.endpoint)?, &administrator).await?;
        let mut projects = vec![PROJECT.to_owned()];
        for number in 2..=count {
            projects.push(prepared::further(&people, number).await.with_context(|| format!("P{number}"))?);
        }
        Ok((people, projects))
    }
}

/// The same person at a new connection.
pub(crate) fn again(desk: &Desk, server: &Server) -> anyhow::Result<Desk> {
    Ok(Desk::new(topology::remote(&server.endpoint)?, &desk.token))
}
