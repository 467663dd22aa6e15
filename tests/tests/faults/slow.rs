//! Those who read slowly cost the process little memory, miss nothing and go on where they broke off.

use std::time::Duration;

use anyhow::{Context, ensure};
use futures::StreamExt;
use futures::future::try_join_all;
use hengji_proto::common::v1::journal_service_client::JournalServiceClient;
use hengji_proto::common::v1::watch_response::News;
use hengji_proto::common::v1::{JournalEntry, WatchRequest, WatchResponse};
use hengji_proto::google::r#type::Decimal as Yuan;
use hengji_proto::monitoring::v1::position_service_client::PositionServiceClient;
use hengji_proto::monitoring::v1::{Grouping, WatchRollupsRequest};
use hengji_proto::targets::v1::project_service_client::ProjectServiceClient;
use hengji_proto::targets::v1::{FundKind, ImportProjectsRequest, Project, ProjectCategory, ProjectNature};
use hengji_testkit::{Database, databases};
use hengji_tests::prepared::{self, PARENT, REGION};
use hengji_tests::{Desk, journals};
use rust_decimal::Decimal;
use serde_json::json;
use tonic::Streaming;
use tonic::transport::{Channel, Endpoint};

use crate::ledger::Ledger;
use crate::payer::{Payer, by};
use crate::process::{Process, again};

/// Watchers who take one entry and then nothing for a long time.
const WATCHERS: usize = 120;
/// What their side takes in of each unasked, in bytes.
const WINDOW: u32 = 32 * 1024;
/// Payments made meanwhile: an entry is a kilobyte on its way, so that keeping them for each watcher would take 240 MB.
const PAYMENTS: usize = 2000;
/// Projects of an importer who reads no answer, and what others write beside it, at this pace.
const PROJECTS: usize = 1500;
const OTHERS: usize = 10;
const PAUSE: Duration = Duration::from_millis(100);
/// Longest wait for news; met in a fraction of it.
const PATIENCE: Duration = Duration::from_mins(1);
/// What the process may grow by meanwhile, in kB.
const GROWTH: u64 = 128 * 1024;

async fn watch(
    channel: &Channel,
    desk: &Desk,
    resume_token: &str,
) -> anyhow::Result<Streaming<WatchResponse>> {
    let request = WatchRequest {
        service: "monitoring".into(),
        resume_token: resume_token.into(),
        ..Default::default()
    };
    Ok(JournalServiceClient::new(channel.clone()).watch(by(desk, request)?).await?.into_inner())
}

/// The next entry and the token to go on from; heartbeats are passed over.
async fn next(news: &mut Streaming<WatchResponse>) -> anyhow::Result<(JournalEntry, String)> {
    loop {
        let response = news.next().await.context("a watch has no end")??;
        if let Some(News::Entry(entry)) = response.news {
            return Ok((entry, response.resume_token));
        }
    }
}

async fn slow_watchers(database: &Database) -> anyhow::Result<()> {
    let process = Process::on(database)?;
    let server = process.start("suite").await?;
    let (people, projects) = process.prepare(&server, 1).await?;
    let auditor = again(&people.auditor, &server)?;
    let narrow = Endpoint::from_shared(server.endpoint.clone())?.initial_stream_window_size(WINDOW);
    let channel = narrow.connect().await?;
    let mut slow = try_join_all((0..WATCHERS).map(async |_| {
        let mut news = watch(&channel, &auditor, "").await?;
        let (_, token) = next(&mut news).await?;
        anyhow::Ok((news, token))
    }))
    .await?;
    let dashboard = WatchRollupsRequest {
        region: REGION.into(),
        year: 2021,
        group_by: Grouping::Total.into(),
        ..Default::default()
    };
    let dashboard = by(&people.auditor, dashboard)?;
    let mut shown =
        PositionServiceClient::new(people.auditor.link.clone()).watch_rollups(dashboard).await?.into_inner();

    let before = server.resident_kilobytes()?;
    let payer = Payer { desk: again(&people.platform, &server)?, ledger: Ledger::over(projects) };
    payer.pay_on_a_stream(PAYMENTS).await?;
    let told = journals::told(&auditor, "monitoring", "payment.posted").await?;
    ensure!(told == PAYMENTS, "{told} payments are told of");
    let grown = server.resident_kilobytes()?.saturating_sub(before);
    ensure!(grown < GROWTH, "the process has grown by {grown} kB under {WATCHERS} slow watchers");

    // one goes on where it is, one has broken off and comes again with its token
    let (news, token) = slow.first_mut().context("a watcher")?;
    follow(news, token.parse()?, PAYMENTS).await.context("a slow watcher")?;
    let (gone, token) = slow.pop().context("a watcher")?;
    drop(gone);
    follow(&mut watch(&channel, &auditor, &token).await?, token.parse()?, PAYMENTS)
        .await
        .context("a new watch")?;

    // a dashboard that has not looked comes to what is now
    let sum: Decimal = payer.ledger.sent().values().map(|sent| sent.amount).sum();
    let mut last = Decimal::ZERO;
    while last != sum {
        let news = tokio::time::timeout(PATIENCE, shown.next()).await;
        let news = news.with_context(|| format!("the dashboard still shows {last} of {sum}"))?;
        let rollups = news.context("a watch has no end")??.rollups;
        let paid = rollups.first().and_then(|total| total.paid_yuan.clone()).context("a total")?;
        last = paid.value.parse()?;
    }
    drop((slow, shown));
    server.terminate().await
}

/// Hears of every position after `after`, none left out and none twice, until so many payments were told of.
async fn follow(news: &mut Streaming<WatchResponse>, after: i64, payments: usize) -> anyhow::Result<()> {
    let (mut position, mut heard) = (after, 0);
    while heard < payments {
        let (entry, token) = next(news).await?;
        ensure!(entry.position == position + 1, "{} after {position}", entry.position);
        ensure!(token == entry.position.to_string(), "the token of {} is {token}", entry.position);
        position = entry.position;
        heard += usize::from(entry.kind == "payment.posted");
    }
    Ok(())
}

fn project(number: usize) -> ImportProjectsRequest {
    let project = Project {
        code: format!("I{number}"),
        title: "县第一小学教学楼维修".into(),
        unit: "219001".into(),
        category: ProjectCategory::Specific.into(),
        nature: ProjectNature::OneOff.into(),
        fund_kind: FundKind::GeneralPublic.into(),
        industry: "教育".into(),
        request_yuan: Some(Yuan { value: "1000.00".into() }),
        ..Default::default()
    };
    ImportProjectsRequest { parent: PARENT.into(), project: Some(project) }
}

/// Somebody imports and reads no answer; whoever else writes is not kept waiting, and in the end every row is answered.
async fn deaf_importer(database: &Database) -> anyhow::Result<()> {
    let process = Process::on(database)?;
    let server = process.start("suite").await?;
    let (people, _) = process.prepare(&server, 1).await?;
    let narrow = Endpoint::from_shared(server.endpoint.clone())?.initial_stream_window_size(WINDOW);
    let rows = futures::stream::iter((0..PROJECTS).map(project));
    let mut importer = ProjectServiceClient::new(narrow.connect().await?);
    let mut answers = importer.import_projects(by(&people.declarer, rows)?).await?.into_inner();
    for number in 0..OTHERS {
        let file = json!({ "parent": PARENT, "projects": [prepared::project(&format!("B{number}"))] });
        people.declarer.ask("targets.ProjectService/BatchCreateProjects", file).await?;
        tokio::time::sleep(PAUSE).await;
    }
    let mut stored = 0;
    while let Some(answer) = answers.next().await {
        stored += usize::from(answer?.outcome.context("an outcome")?.stored);
    }
    ensure!(stored == PROJECTS, "{stored} of {PROJECTS} are stored");
    server.terminate().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_importer_who_reads_no_answer_keeps_nobody_from_writing() -> anyhow::Result<()> {
    for database in databases().await? {
        deaf_importer(&database).await.with_context(|| database.label())?;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_watchers_cost_little_memory_and_miss_nothing() -> anyhow::Result<()> {
    for database in databases().await? {
        slow_watchers(&database).await.with_context(|| database.label())?;
        database.remove().await?;
    }
    Ok(())
}
