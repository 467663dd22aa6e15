//! Quality runs in the background: a page of targets is checked and stored in one transaction with the place it got to, so
//! that a run goes on there after a restart, and of two replicas only one counts a page.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use hengji_chassis::Job;
use hengji_db::{DbError, Filter, Stored, Value};
use hengji_kernel::{DataScope, FiscalYear, RegionCode};
use hengji_rpc::act::News;
use hengji_rpc::{Act, Call, Fault};
use hengji_rules::EffectivePack;
use serde_json::json;
use tonic::Code;

use super::State;
use crate::domain::{Quality, QualityReport, QualityRun, QualityStatistic, RunState, Target, Usage};
use crate::peers::RulesFor;
use crate::store::usage;

const METHOD: &str = "quality_runs";

/// Targets checked in one transaction.
const PAGE: usize = 200;

/// How soon another replica's new run is noticed, and how long the wait is after a failure.
const PATIENCE: Duration = Duration::from_secs(5);

/// Targets a run is about.
pub(super) fn targets_of(run: &QualityRun) -> Filter {
    Filter::new().region_subtree(&run.region).eq("year", run.year)
}

/// Checks until the service stops; woken when a run is started.
pub(super) fn job(state: Arc<State>) -> Job {
    Box::new(move |stop| {
        Box::pin(async move {
            while !stop.is_cancelled() {
                let idle = match step(&state).await {
                    Ok(got_on) => !got_on,
                    Err(fault) => {
                        tracing::warn!(%fault, "a quality run was interrupted");
                        true
                    }
                };
                if idle {
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = state.inspections.notified() => {}
                        () = tokio::time::sleep(PATIENCE) => {}
                    }
                }
            }
        })
    })
}

/// Checks one page of some run; false if none is running.
async fn step(state: &State) -> Result<bool, Fault> {
    let Some(mut run) = running(state).await? else { return Ok(false) };
    let page = page(state, &run.record).await?;
    let call = Call::background("targets", METHOD, state.peers.service_token());
    let found = Found::of(state, &call, &run.record.resource_name(), &page).await?;
    let last = page.last().map(|stored| stored.record.resource_name());
    run.record.advance(last.as_deref(), page.len(), page.len() < PAGE);
    let mut act = state.acts.background(&call).await?;
    match found.store(&mut act, &run).await {
        // cancelled, or counted by another replica: nothing of this page is kept here
        Err(fault) if fault.code() == Code::Aborted => {}
        stored => {
            stored?;
            act.done().await?;
        }
    }
    Ok(true)
}

async fn running(state: &State) -> Result<Option<Stored<QualityRun>>, DbError> {
    let now = state.acts.clock.now();
    let running = Filter::new().eq("state", Value::word(&RunState::Running)).at_most("not_before", now);
    let mut tx = state.acts.db.read().await?;
    Ok(tx.page(&DataScope::Everything, &running, None, 1).await?.pop())
}

async fn page(state: &State, run: &QualityRun) -> Result<Vec<Stored<Target>>, DbError> {
    let mut tx = state.acts.db.read().await?;
    tx.page(&DataScope::Everything, &targets_of(run), run.after.as_deref(), PAGE).await
}

/// Rules by question; the reason where there are none.
type Answers = BTreeMap<RulesFor, Result<Arc<EffectivePack>, String>>;

/// What is wrong with the targets themselves does not stop a run: a template that is gone leaves the weights of the pack.
async fn rules(state: &State, call: &Call, page: &[Stored<Target>]) -> Result<Answers, Fault> {
    let mut answers = Answers::new();
    for target in page.iter().map(|stored| &stored.record) {
        let wanted = state.rules_for_target(target);
        if answers.contains_key(&wanted) {
            continue;
        }
        let mut answer = state.catalog.rules(call, &wanted).await;
        if answer.as_ref().is_err_and(|fault| fault.code() == Code::InvalidArgument) {
            let plain = RulesFor { template: String::new(), ..wanted.clone() };
            answer = state.catalog.rules(call, &plain).await;
        }
        let answer = match answer {
            Err(fault) if fault.code() == Code::FailedPrecondition => Err(fault.message().to_owned()),
            other => Ok(other?),
        };
        answers.insert(wanted, answer);
    }
    Ok(answers)
}

type Usages = HashMap<(RegionCode, FiscalYear), Usage>;

async fn usages(state: &State, page: &[Stored<Target>]) -> Result<Usages, DbError> {
    let mut by_place: HashMap<(RegionCode, FiscalYear), Vec<&Target>> = HashMap::new();
    for target in page.iter().map(|stored| &stored.record) {
        by_place.entry((target.region.clone(), target.year)).or_default().push(target);
    }
    let mut tx = state.acts.db.read().await?;
    let mut usages = Usages::new();
    for ((region, year), targets) in by_place {
        let usage = usage::among(&mut tx, &region, year, targets).await?;
        usages.insert((region, year), usage);
    }
    Ok(usages)
}

/// A page of targets, checked.
#[derive(Default)]
struct Found {
    reports: Vec<QualityReport>,
    statistics: BTreeMap<String, QualityStatistic>,
}

impl Found {
    async fn of(state: &State, call: &Call, run: &str, page: &[Stored<Target>]) -> Result<Self, Fault> {
        let rules = rules(state, call, page).await?;
        let usages = usages(state, page).await?;
        let mut found = Self::default();
        for target in page.iter().map(|stored| &stored.record) {
            let usage = usages.get(&(target.region.clone(), target.year));
            let quality = match (rules.get(&state.rules_for_target(target)), usage) {
                (Some(Ok(pack)), Some(usage)) => Quality::of(target, pack, usage),
                (Some(Err(reason)), _) => Quality::without_rules(reason),
                _ => continue,
            };
            found.take(run, target, quality);
        }
        Ok(found)
    }

    fn take(&mut self, run: &str, target: &Target, quality: Quality) {
        let statistic = QualityStatistic::of(run, target, &quality);
        match self.statistics.get_mut(&statistic.resource_name()) {
            Some(sum) => sum.add(&statistic),
            None => {
                self.statistics.insert(statistic.resource_name(), statistic);
            }
        }
        self.reports.extend(QualityReport::of(run, target, quality));
    }

    /// The run first: if it is no longer the one that was read, nothing else is touched.
    async fn store(self, act: &mut Act, run: &Stored<QualityRun>) -> Result<(), Fault> {
        let stored = act.save(run).await?;
        let names: Vec<String> = self.statistics.keys().cloned().collect();
        let mut known = act.tx.load_many::<QualityStatistic>(&names, &DataScope::Everything).await?;
        let mut fresh = self.statistics;
        for sum in &mut known {
            if let Some(more) = fresh.remove(&sum.record.resource_name()) {
                sum.record.add(&more);
                act.save(sum).await?;
            }
        }
        act.tx.insert_many(&fresh.into_values().collect::<Vec<_>>(), act.now).await?;
        act.tx.insert_many(&self.reports, act.now).await?;
        if stored.record.state == RunState::Finished {
            journal(act, "quality_run.finished", &stored.record, "").await?;
        }
        Ok(())
    }
}

pub(super) async fn journal(
    act: &mut Act,
    kind: &'static str,
    run: &QualityRun,
    reason: &str,
) -> Result<(), Fault> {
    act.journal(News {
        kind,
        subject: &run.resource_name(),
        region: Some(&run.region),
        unit: None,
        payload: json!({ "year": run.year, "targets_total": run.total, "targets_checked": run.checked }),
        reason,
    })
    .await
}
