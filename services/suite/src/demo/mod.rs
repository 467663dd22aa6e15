//! One county's budget year, played through the public API: no back door into any store.
//!
//! The steps follow the loop of the suite, one file a service. What the year is made of lies in `data/county-2021.json`;
//! published tables lie in `data/cases`. A step that does not answer as it should ends the play with an error.

mod additions;
mod application;
mod assessments;
mod bonds;
mod budget;
mod cases;
mod catalog;
mod code_lists;
mod county;
mod evaluation;
mod explanation;
mod identity;
mod library;
mod monitoring;
mod people;
mod quality;
mod readings;
mod reviews;
mod rounds;
mod say;
mod supervision;
mod targets;
mod templates;
mod usage;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use hengji_config::{Overrides, Settings};
use hengji_rpc::{Link, peers};
use tokio::net::TcpListener;

pub use county::County;
pub use people::{Actor, People};

use crate::run::{self, Suite, told};

/// Hears what is being done.
pub trait Progress: Send + Sync {
    fn step(&self, text: &str);
}

/// Says nothing.
pub struct Quiet;

impl Progress for Quiet {
    fn step(&self, _: &str) {}
}

/// Prints each step to stdout.
struct Printed;

impl Progress for Printed {
    fn step(&self, text: &str) {
        println!("{text}");
    }
}

/// How the year ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The annual report as text.
    pub report_text: String,
    pub report_name: String,
    /// Figure id to value.
    pub figures: BTreeMap<String, String>,
    /// Printed scores of published tables that the rules gave again.
    pub reproduced: usize,
    /// Printed scores compared.
    pub printed: usize,
    /// What was not reproduced, with rule and reason.
    pub deviations: Vec<String>,
}

/// What every step works with.
pub(crate) struct Stage<'a> {
    pub(crate) link: Link,
    pub(crate) county: &'a County,
    pub(crate) progress: &'a dyn Progress,
}

impl Stage<'_> {
    pub(crate) fn say(&self, text: impl AsRef<str>) {
        self.progress.step(text.as_ref());
    }
}

/// Plays the year against whatever answers `link`; `administrator_token` is the first token of `hengji token`.
pub async fn play(link: Link, administrator_token: &str, progress: &dyn Progress) -> anyhow::Result<Outcome> {
    let county = County::shipped()?;
    let stage = Stage { link, county: &county, progress };
    let people = identity::play(&stage, administrator_token).await.context("identity")?;
    catalog::play(&stage, &people).await.context("catalog")?;
    targets::play(&stage, &people).await.context("targets")?;
    monitoring::play(&stage, &people).await.context("monitoring")?;
    usage::look(&stage, people.get("catalog-manager")?).await.context("use of indicators")?;
    evaluation::play(&stage, &people).await.context("evaluation")?;
    let cases = cases::play(&stage, &people).await.context("published tables")?;
    application::play(&stage, &people, cases).await.context("application")
}

/// `hengji demo`: the whole suite on SQLite in `folder` or a new temporary one, served on a free port of this machine.
pub async fn command(folder: Option<PathBuf>) -> anyhow::Result<()> {
    let folder = match folder {
        Some(folder) => folder,
        None => tempfile::Builder::new().prefix("hengji-demo-").tempdir()?.keep(),
    };
    let overrides = Overrides { data_dir: Some(folder.clone()), ..Overrides::default() };
    let settings = Settings::load_with(&overrides, &[])?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let suite = Suite::start(&settings).await?;
    let token = first_token(&settings).await?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(suite.serve(listener, async move {
        let _ = stopped.await;
    }));
    println!("衡绩演示：六个服务已在 http://{address} 启动（SQLite，{}）", folder.display());
    let link = peers::remote(&format!("http://{address}")).map_err(told)?;
    let outcome = play(link, &token, &Printed).await;
    let _ = stop.send(());
    tokio::time::timeout(Duration::from_secs(30), server).await.context("the suite did not stop")???;
    let outcome = outcome?;
    println!("\n{}\n", outcome.report_text);
    println!(
        "公开评分表：所印得分 {} 个，按规则复现 {} 个；其余逐项说明：",
        outcome.printed, outcome.reproduced
    );
    for deviation in &outcome.deviations {
        println!("  {deviation}");
    }
    let folder = folder.display();
    println!("\n数据目录：{folder}");
    println!("继续使用：hengji serve --data-dir {folder}");
    println!("取得令牌：hengji token --data-dir {folder}");
    println!("查看报告：{}（AnnualReportService.GetAnnualReport、ListFigureRows）", outcome.report_name);
    Ok(())
}

async fn first_token(settings: &Settings) -> anyhow::Result<String> {
    let spec = crate::topology::find("identity").context("identity is not part of the suite")?;
    let acts = run::acts(run::open(settings, spec).await?);
    let rules = run::token_rules(settings);
    let token =
        hengji_identity::administrator_token(&acts, &run::entropy(), &rules, 8 * 3600).await.map_err(told)?;
    acts.db.close().await;
    Ok(token)
}
