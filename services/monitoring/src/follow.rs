//! Follows the journal of targets: baselines, conditions and budgets arrive by themselves, each in one transaction with the
//! place in the journal it came from.

use std::sync::Arc;

use futures::StreamExt;
use hengji_chassis::{Job, Progress, persistent};
use hengji_kernel::DataScope;
use hengji_proto::common::v1::JournalEntry;
use hengji_proto::common::v1::watch_response::News;
use hengji_rpc::{Act, Acts, Call, Fault, Peers, convert as words};
use serde_json::json;
use tonic::Code;

use crate::api::{Told, entry, hold, keep, lights};
use crate::domain::{
    Baseline, ConditionState, MonitoredCondition, Packs, Position, ProjectFacts, ProjectKey,
};
use crate::error::{ATTEMPTS, Trouble};
use crate::peers::{ADDITION_APPROVED, Assessed, EX_ANTE_CONCLUDED, TARGET_APPROVED, Targets};
use crate::rules::{Place, Rules};
use crate::store::{advance, resume_token};

const TARGETS: &str = "targets";
const METHOD: &str = "follow/targets";

/// Takes in what happens in targets.
#[derive(Clone)]
pub struct Follower {
    acts: Acts,
    peers: Peers,
    rules: Rules,
    targets: Targets,
}

/// An entry with what was asked about it, ready to be stored.
enum Taken {
    Baseline {
        project: ProjectKey,
        baseline: Baseline,
        facts: ProjectFacts,
    },
    Conditions {
        project: ProjectKey,
        assessment: String,
        assessed: Assessed,
    },
    Budget {
        project: ProjectKey,
        facts: ProjectFacts,
    },
    /// Nothing of it concerns monitoring.
    PassedOver,
}

impl Follower {
    pub fn new(acts: Acts, peers: &Peers) -> Result<Self, Fault> {
        let rules = Rules::new(peers, Arc::clone(&acts.clock))?;
        Ok(Self { acts, peers: peers.clone(), rules, targets: Targets::new(peers)? })
    }

    /// Takes one entry in, once: false if it was taken in before. What is not known is passed over.
    pub async fn take_in(&self, entry: &JournalEntry, resume_token: &str) -> Result<bool, Fault> {
        let call = self.call();
        let taken = match self.ask(&call, entry).await {
            Err(fault) if is_about_the_entry(&fault) => {
                tracing::warn!(
                    position = entry.position,
                    kind = entry.kind,
                    reason = fault.message(),
                    "passed over"
                );
                Taken::PassedOver
            }
            other => other?,
        };
        let places: Vec<Place> =
            taken.project().map(|project| (project.region.clone(), project.year)).into_iter().collect();
        for _ in 0..ATTEMPTS {
            let packs = self.rules.of_places(&call, &places).await?;
            let mut act = self.acts.background(&call).await?;
            if !advance(&mut act.tx, TARGETS, entry.position, resume_token).await? {
                return Ok(false);
            }
            match self.store(&mut act, &taken, &packs, &entry.subject).await {
                Ok(()) => {
                    act.done().await?;
                    return Ok(true);
                }
                Err(Trouble::Fault(fault)) => return Err(fault),
                Err(Trouble::Again) => {}
            }
        }
        Err(Trouble::exhausted())
    }

    fn call(&self) -> Call {
        Call::background("monitoring", METHOD, self.peers.service_token())
    }

    /// Asks targets for what the entry is about, so that its payload need not be trusted.
    async fn ask(&self, call: &Call, entry: &JournalEntry) -> Result<Taken, Fault> {
        match entry.kind.as_str() {
            TARGET_APPROVED => {
                let (object, baseline) = self.targets.baseline(call, &entry.subject, 0).await?;
                let Ok(project) = ProjectKey::parse(&object) else { return Ok(Taken::PassedOver) };
                let facts = self.targets.project(call, &object).await?;
                Ok(Taken::Baseline { project, baseline, facts })
            }
            EX_ANTE_CONCLUDED => {
                let assessed = self.targets.assessed(call, &entry.subject).await?;
                if assessed.conditions.is_empty() {
                    return Ok(Taken::PassedOver);
                }
                let project = project_key(&assessed.project)?;
                Ok(Taken::Conditions { project, assessment: entry.subject.clone(), assessed })
            }
            ADDITION_APPROVED => {
                let project = self.targets.added_to(call, &entry.subject).await?;
                let facts = self.targets.project(call, &project).await?;
                Ok(Taken::Budget { project: project_key(&project)?, facts })
            }
            _ => Ok(Taken::PassedOver),
        }
    }

    async fn store(&self, act: &mut Act, taken: &Taken, packs: &Packs, cause: &str) -> Result<(), Trouble> {
        match taken {
            Taken::Baseline { project, baseline, facts } => {
                let change = |position: &mut Position| {
                    if position.target == baseline.target && position.target_version > baseline.version {
                        return; // a newer version came with money
                    }
                    position.rebase(baseline);
                    position.set_budget(facts, facts.budget);
                    position.classify(facts);
                };
                self.move_position(act, project, packs, cause, change).await
            }
            Taken::Budget { project, facts } => {
                let change = |position: &mut Position| {
                    position.set_budget(facts, facts.budget);
                    position.classify(facts);
                };
                self.move_position(act, project, packs, cause, change).await
            }
            Taken::Conditions { project, assessment, assessed } => {
                open_conditions(act, project, assessment, assessed).await
            }
            Taken::PassedOver => Ok(()),
        }
    }

    /// Changes a position that exists; a project without money has none yet, and gets its baseline with its first money.
    async fn move_position(
        &self,
        act: &mut Act,
        project: &ProjectKey,
        packs: &Packs,
        cause: &str,
        change: impl Fn(&mut Position),
    ) -> Result<(), Trouble> {
        let held = hold(act, &DataScope::Everything, project, &self.rules, packs).await?;
        let Some(mut stored) = held else { return Ok(()) };
        let before = stored.record.clone();
        change(&mut stored.record);
        if stored.record == before {
            return Ok(());
        }
        if self.rules.learn(packs, [&stored.record.funds]) {
            return Err(Trouble::Again);
        }
        let changes = packs.of(&stored.record).map(|pack| stored.record.relight(&pack)).unwrap_or_default();
        let position = keep(act, stored).await?.record;
        let told = Told {
            kind: "position.rebased",
            subject: position.resource_name(),
            region: &project.region,
            unit: &position.unit,
            payload: json!({
                "project": project.name(),
                "target": position.target,
                "target_version": position.target_version,
                "budget_yuan": position.budget,
                "cause": cause,
            }),
            reason: "",
        };
        let mut news = vec![entry(act, told)];
        news.extend(lights(act, &position, &changes, cause));
        Ok(act.tx.append_many(news).await?)
    }
}

impl Taken {
    const fn project(&self) -> Option<&ProjectKey> {
        match self {
            Self::Baseline { project, .. }
            | Self::Conditions { project, .. }
            | Self::Budget { project, .. } => Some(project),
            Self::PassedOver => None,
        }
    }
}

/// Each condition becomes a monitored item, once.
async fn open_conditions(
    act: &mut Act,
    project: &ProjectKey,
    assessment: &str,
    assessed: &Assessed,
) -> Result<(), Trouble> {
    let unit = words::word("unit", &assessed.unit)?;
    let conditions: Vec<MonitoredCondition> = assessed
        .conditions
        .iter()
        .map(|condition| MonitoredCondition {
            region: project.region.clone(),
            year: project.year,
            id: format!("{}-{}", hengji_kernel::name::id(assessment), condition.id),
            project: project.name(),
            assessment: assessment.to_owned(),
            unit: hengji_kernel::UnitCode::clone(&unit),
            text: condition.text.clone(),
            due_date: condition.due_date,
            state: ConditionState::Open,
            proof: String::new(),
            closer: String::new(),
            close_date: None,
        })
        .collect();
    let now = act.now;
    let opened = act.tx.insert_many(&conditions, now).await?;
    let news = conditions.iter().zip(opened).filter(|(_, opened)| *opened).map(|(condition, _)| {
        entry(
            act,
            Told {
                kind: "condition.opened",
                subject: condition.resource_name(),
                region: &condition.region,
                unit: &condition.unit,
                payload: json!({
                    "project": condition.project,
                    "assessment": condition.assessment,
                    "text": condition.text,
                    "due_date": condition.due_date,
                }),
                reason: "",
            },
        )
    });
    let news = news.collect();
    Ok(act.tx.append_many(news).await?)
}

fn project_key(name: &str) -> Result<ProjectKey, Fault> {
    ProjectKey::parse(name).map_err(|invalid| Fault::invalid("project", invalid))
}

/// True if asking again would not help: the entry names what is not there or cannot be read.
fn is_about_the_entry(fault: &Fault) -> bool {
    matches!(fault.code(), Code::NotFound | Code::InvalidArgument)
}

/// Follows until the service stops; connects again whenever the stream ends.
pub(crate) fn job(follower: Follower) -> Job {
    persistent("following targets", move |progress| {
        let follower = follower.clone();
        async move { follow(&follower, &progress).await }
    })
}

/// Watches from where the last entry was taken in.
async fn follow(follower: &Follower, progress: &Progress) -> Result<(), Fault> {
    let token = resume_token(&mut follower.acts.db.read().await?, TARGETS).await?;
    let mut news = follower.targets.watch(&follower.call(), token).await?;
    while let Some(response) = news.next().await {
        let response = response?;
        progress.made();
        if let Some(News::Entry(entry)) = &response.news {
            follower.take_in(entry, &response.resume_token).await?;
        }
    }
    Ok(())
}
