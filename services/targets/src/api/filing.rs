//! Filing (一同申报): targets go with the budget of their objects, all or none.

use std::collections::{HashMap, HashSet};

use hengji_db::Stored;
use hengji_kernel::{DataScope, FiscalYear, RegionCode};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::{Act, Begun, Call, Fault, Reason};
use hengji_rules::EffectivePack;
use serde_json::json;

use super::{State, convert, targets};
use crate::domain::{Assessment, Project, Quality, Target, Usage, chosen_chain};
use crate::peers::Packs;
use crate::store::lookup::Surroundings;
use crate::store::usage;

pub(crate) async fn file(
    state: &State,
    call: &Call,
    request: pb::FileTargetsRequest,
) -> Result<pb::FileTargetsResponse, Fault> {
    each_once("names", request.names.iter())?;
    let packs = packs(state, call, &request.names).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let loaded = act.tx.load_many::<Target>(&request.names, &call.scope()).await?;
    let mut ordered =
        in_order(&request.names, loaded, |stored: &Stored<Target>| stored.record.resource_name())?;
    let targets = ordered.iter_mut().map(|stored| &mut stored.record);
    judge(state, &mut act, targets, &packs, "names[].").await?;
    let mut filed = Vec::with_capacity(ordered.len());
    for stored in &ordered {
        let stored = act.save(stored).await?;
        journal(&mut act, &stored.record).await?;
        filed.push(convert::target(&stored, &stored.record));
    }
    act.finish(pb::FileTargetsResponse { targets: filed }).await
}

/// Files every target, or refuses with all that stands against it; `[]` in `path` takes the number of its row.
pub(super) async fn judge<'a>(
    state: &State,
    act: &mut Act,
    targets: impl Iterator<Item = &'a mut Target>,
    packs: &Packs,
    path: &str,
) -> Result<(), Fault> {
    let targets: Vec<&mut Target> = targets.collect();
    let known = Known::gather(act, &targets).await?;
    let mut findings = Findings::default();
    let today = act.today();
    for (index, target) in targets.into_iter().enumerate() {
        let pack =
            packs.get(&state.rules_for_target(target)).ok_or_else(|| Fault::stale(target.resource_name()))?;
        let row = path.replace("[]", &format!("[{index}]"));
        findings.examine(&row, target, &act.account, &known, pack);
        target.begin_step(today, pack);
    }
    findings.done()
}

pub(super) async fn journal(act: &mut Act, target: &Target) -> Result<(), Fault> {
    let payload = json!({
        "object": target.object.name,
        "version": target.target_version,
        "budget_yuan": target.contents.budget,
        "review_due": target.review_due,
    });
    targets::journal(act, "target.filed", target, payload, "").await
}

/// A name given twice would be decided twice.
pub(super) fn each_once<'a>(list: &str, names: impl Iterator<Item = &'a String>) -> Result<(), Fault> {
    let mut seen = HashSet::new();
    let twice = names.enumerate().filter(|(_, name)| !seen.insert(*name));
    let faults: Vec<_> = twice.map(|(index, _)| (format!("{list}[{index}]"), "重复".to_owned())).collect();
    if faults.is_empty() { Ok(()) } else { Err(Fault::fields(Reason::FieldInvalid, faults)) }
}

/// What was loaded in the order it was asked for; what was not found does not exist.
pub(super) fn in_order<T>(
    names: &[String],
    loaded: Vec<T>,
    name_of: impl Fn(&T) -> String,
) -> Result<Vec<T>, Fault> {
    let mut by_name: HashMap<String, T> = loaded.into_iter().map(|one| (name_of(&one), one)).collect();
    names.iter().map(|name| by_name.remove(name).ok_or_else(|| Fault::not_found(name))).collect()
}

/// The rules of every target named. Catalog is asked before the write begins, each question once.
async fn packs(state: &State, call: &Call, names: &[String]) -> Result<Packs, Fault> {
    let loaded = state.acts.db.read().await?.load_many::<Target>(names, &call.scope()).await?;
    let loaded = in_order(names, loaded, |stored: &Stored<Target>| stored.record.resource_name())?;
    let wanted = loaded.iter().map(|stored| state.rules_for_target(&stored.record)).collect();
    state.catalog.all_rules(call, wanted).await
}

/// What is known about the targets' objects.
struct Known {
    projects: HashMap<String, Project>,
    surroundings: Surroundings,
    usage: HashMap<(RegionCode, FiscalYear), Usage>,
}

impl Known {
    async fn gather(act: &mut Act, targets: &[&mut Target]) -> Result<Self, Fault> {
        let names: Vec<String> =
            targets.iter().filter_map(|target| target.project().map(str::to_owned)).collect();
        let projects = act.tx.load_many::<Project>(&names, &DataScope::Everything).await?;
        let projects: HashMap<String, Project> =
            projects.into_iter().map(|stored| (stored.record.resource_name(), stored.record)).collect();
        let surroundings = Surroundings::of(&mut act.tx, projects.values()).await?;
        let years: HashSet<_> = targets.iter().map(|target| (target.region.clone(), target.year)).collect();
        let mut usages = HashMap::new();
        for (region, year) in years {
            let of_year = targets
                .iter()
                .map(|target| &**target)
                .filter(|target| target.region == region && target.year == year);
            let usage = usage::among(&mut act.tx, &region, year, of_year).await?;
            usages.insert((region, year), usage);
        }
        Ok(Self { projects, surroundings, usage: usages })
    }
}

/// Everything that stands against a filing, as (subject, description).
#[derive(Default)]
struct Findings {
    states: Vec<(String, String)>,
    holds: Vec<(String, String)>,
    chains: Vec<(String, String)>,
    assessments: Vec<(String, String)>,
    quality: Vec<(String, String)>,
    weights_wrong: bool,
}

impl Findings {
    fn examine(
        &mut self,
        row: &str,
        target: &mut Target,
        account: &str,
        known: &Known,
        pack: &EffectivePack,
    ) {
        let name = target.resource_name();
        let project = target.project().and_then(|project| known.projects.get(project));
        match chosen_chain(target, project, pack) {
            Err(refusal) => self.chains.push((name.clone(), refusal.to_string())),
            Ok(chain) => {
                if let Err(refusal) = target.file(account, chain) {
                    self.states.push((name.clone(), refusal.to_string()));
                }
            }
        }
        if let Some(project) = project {
            self.examine_project(&name, project, known);
        }
        let nothing = Usage::default();
        let usage = known.usage.get(&(target.region.clone(), target.year)).unwrap_or(&nothing);
        let quality = Quality::of(target, pack, usage);
        self.weights_wrong |= quality.weights_wrong;
        self.quality.extend(
            quality.errors().map(|found| {
                (format!("{row}{}", found.path), format!("{}（{}）", found.message, found.code))
            }),
        );
    }

    fn examine_project(&mut self, name: &str, project: &Project, known: &Known) {
        if let Err(refusal) = project.demand_open() {
            self.states.push((name.to_owned(), refusal.to_string()));
        }
        for hold in known.surroundings.holds_on(&project.standing()) {
            self.holds.push((name.to_owned(), format!("存在申报限制：{}（{}）", hold.cause, hold.authority)));
        }
        let assessment = known.surroundings.assessments.get(&project.resource_name());
        if project.ex_ante_required && !assessment.is_some_and(Assessment::supports) {
            let found = match assessment {
                None => "须先开展事前绩效评估，尚无评估结论",
                Some(_) => "事前绩效评估结论不支持",
            };
            self.assessments.push((name.to_owned(), found.to_owned()));
        }
    }

    /// One refusal with all findings; its reason is that of the gravest.
    fn done(self) -> Result<(), Fault> {
        let reason = if !self.states.is_empty() {
            Reason::StateForbids
        } else if !self.holds.is_empty() {
            Reason::HoldStands
        } else if !self.chains.is_empty() {
            Reason::RulePackUnfit
        } else if !self.assessments.is_empty() {
            Reason::GateRefused
        } else if !self.quality.is_empty() {
            let reason = if self.weights_wrong { Reason::WeightsWrong } else { Reason::FieldInvalid };
            return Err(Fault::fields(reason, self.quality));
        } else {
            return Ok(());
        };
        let all: Vec<_> = [self.states, self.holds, self.chains, self.assessments, self.quality]
            .into_iter()
            .flatten()
            .collect();
        let first = all.first().map(|(name, found)| format!("{name}：{found}")).unwrap_or_default();
        let message = if all.len() > 1 { format!("{first}（共 {} 处）", all.len()) } else { first };
        Err(Fault::preconditions(reason, message, all))
    }
}
