//! What time alone brings about: lights that turn with the day (亮灯), and overdue corrections brought before the superior
//! (提请上级督办). A turn done twice, or by two replicas at once, does nothing the second time.

use std::sync::Arc;
use std::time::Duration;

use hengji_chassis::Job;
use hengji_db::{Filter, Stored, Value};
use hengji_kernel::{DataScope, Date, FiscalYear};
use hengji_rpc::{Acts, Call, Fault, Peers, Reason};
use hengji_rules::ObjectType;
use hengji_rules::deadline;
use hengji_rules::pack;
use tonic::Code;

use crate::api::{look_again, places, tell_of_action};
use crate::domain::{CorrectiveAction, CorrectiveActionState, Escalation, Packs, Position};
use crate::error::{ATTEMPTS, Trouble};
use crate::rules::Rules;
use crate::store::{claim_turn, give_back_turn};

const METHOD: &str = "time/turn";

/// Records looked at together.
const PAGE: usize = 500;

/// A turn is asked for at least so often; whether it is due is in the database.
const ASK: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub struct Timekeeper {
    acts: Acts,
    peers: Peers,
    rules: Rules,
}

/// What a turn has brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turned {
    /// Lights and warnings that changed.
    pub lights: usize,
    /// Corrections brought before the superior.
    pub escalations: usize,
}

impl Timekeeper {
    pub fn new(acts: Acts, peers: &Peers) -> Result<Self, Fault> {
        let rules = Rules::new(peers, Arc::clone(&acts.clock))?;
        Ok(Self { acts, peers: peers.clone(), rules })
    }

    /// Looks at the budget year that runs and the one before as of today; older years are closed.
    pub async fn turn(&self) -> Result<Turned, Fault> {
        let today = self.acts.clock.today();
        let mut turned = Turned::default();
        for year in [today.year() - 1, today.year()] {
            let year = FiscalYear::try_from(year).map_err(Fault::internal)?;
            turned.lights += self.look(year, today).await?;
            turned.escalations += self.escalate(year, today).await?;
        }
        Ok(turned)
    }

    /// As [`Timekeeper::turn`], unless a turn was taken less than `every` ago, here or by another replica.
    async fn take_turn(&self, every: Duration) -> Result<Option<Turned>, Fault> {
        let now = self.acts.clock.now();
        let seconds = i64::try_from(every.as_secs()).map_err(Fault::internal)?;
        let mut tx = self.acts.db.write().await?;
        if !claim_turn(&mut tx, METHOD, now, now.plus_seconds(-seconds)).await? {
            return Ok(None);
        }
        tx.commit().await?;
        let turned = self.turn().await;
        if turned.is_err() {
            let mut tx = self.acts.db.write().await?;
            give_back_turn(&mut tx, METHOD, now).await?;
            tx.commit().await?;
        }
        turned.map(Some)
    }

    fn call(&self) -> Call {
        Call::background("monitoring", METHOD, self.peers.service_token())
    }

    async fn look(&self, year: FiscalYear, today: Date) -> Result<usize, Fault> {
        let (call, filter) = (self.call(), Filter::new().eq("year", year));
        let (mut changed, mut after) = (0, None);
        loop {
            let page = self.page::<Position>(&filter, after.as_deref()).await?;
            let Some(last) = page.last() else { return Ok(changed) };
            after = Some(last.record.resource_name());
            let packs = self.packs(&call, &page, year).await?;
            let turning = page.iter().filter(|stored| turns(&stored.record, today, &packs));
            let names: Vec<String> = turning.map(|stored| stored.record.resource_name()).collect();
            if !names.is_empty() {
                changed += self.relight(&call, &names, (today, year), &page).await?;
            }
        }
    }

    async fn relight(
        &self,
        call: &Call,
        names: &[String],
        (today, year): (Date, FiscalYear),
        page: &[Stored<Position>],
    ) -> Result<usize, Fault> {
        for _ in 0..ATTEMPTS {
            let packs = self.packs(call, page, year).await?;
            let mut act = self.acts.background(call).await?;
            match look_again(&mut act, &self.rules, &packs, names, (today, "")).await {
                Ok(looked) => {
                    act.done().await?;
                    return Ok(looked.changes);
                }
                Err(Trouble::Fault(fault)) => return Err(fault),
                Err(Trouble::Again) => {}
            }
        }
        Err(Trouble::exhausted())
    }

    async fn packs(&self, call: &Call, page: &[Stored<Position>], year: FiscalYear) -> Result<Packs, Fault> {
        let places = places(page, year);
        let packs = self.rules.of_places(call, &places).await?;
        if self.rules.learn(&packs, page.iter().map(|stored| &stored.record.funds)) {
            return self.rules.of_places(call, &places).await;
        }
        Ok(packs)
    }

    async fn escalate(&self, year: FiscalYear, today: Date) -> Result<usize, Fault> {
        let call = self.call();
        let unfinished = CorrectiveActionState::UNFINISHED.map(|state| Value::word(&state));
        let filter = Filter::new().eq("year", year).one_of("state", unfinished);
        let filter = filter.at_most("due_date", today.plus_days(-1));
        let (mut escalated, mut after) = (0, None);
        loop {
            let page = self.page::<CorrectiveAction>(&filter, after.as_deref()).await?;
            let Some(last) = page.last() else { return Ok(escalated) };
            after = Some(last.record.resource_name());
            for stored in page {
                escalated += usize::from(self.bring_up(&call, &stored.record, today).await?);
            }
        }
    }

    /// Brings an overdue correction before the superior once the rules say so.
    async fn bring_up(&self, call: &Call, action: &CorrectiveAction, today: Date) -> Result<bool, Fault> {
        if !action.may_be_brought_up() {
            return Ok(false);
        }
        let region = &action.project.region;
        let pack = match self.rules.in_force(call, region, today).await {
            Err(fault) if fault.reason() == Reason::RulePackUnfit => return Ok(false),
            answer => answer?,
        };
        let due = deadline::due(pack::Act::Escalation, ObjectType::Project, action.due_date, &pack);
        let Some(due) = due.ok().filter(|due| due.date < today) else { return Ok(false) };
        let mut act = self.acts.background(call).await?;
        let names = [action.resource_name()];
        let held = act.tx.hold_many::<CorrectiveAction>(&names, &DataScope::Everything).await?.pop();
        // whoever moved it since has been faster than the time
        let Some(mut stored) = held.filter(|stored| stored.record == *action) else { return Ok(false) };
        let Some(organization) = action.superior() else { return Ok(false) };
        let reason = due.explanation.to_chinese();
        let escalation =
            Escalation { organization, reason: reason.clone(), account: act.account.clone(), date: today };
        stored.record.escalate(escalation, region)?;
        let stored = act.save(&stored).await?;
        tell_of_action(&mut act, "corrective_action.escalated", &stored, &reason).await?;
        act.done().await?;
        Ok(true)
    }

    async fn page<T: hengji_db::Record>(
        &self,
        filter: &Filter,
        after: Option<&str>,
    ) -> Result<Vec<Stored<T>>, Fault> {
        let mut tx = self.acts.db.read().await?;
        Ok(tx.page::<T>(&DataScope::Everything, filter, after, PAGE).await?)
    }
}

/// Whether the day alone turns one of its lights.
fn turns(position: &Position, today: Date, packs: &Packs) -> bool {
    position.as_of < today
        && packs.of(position).is_some_and(|pack| !position.clone().look_at(today, &pack).is_empty())
}

/// A turn every so often until the service stops, which undoes the step that is under way.
pub(crate) fn job(keeper: Timekeeper, every: Duration) -> Job {
    Box::new(move |stop| {
        Box::pin(async move {
            loop {
                let turned = tokio::select! {
                    () = stop.cancelled() => return,
                    turned = keeper.take_turn(every) => turned,
                };
                match turned {
                    Ok(Some(turned)) => tracing::info!(?turned, "looked at what time alone brings about"),
                    Ok(None) => {}
                    Err(fault) if fault.code() == Code::Unavailable => {
                        tracing::debug!(%fault, "what time alone brings about waits");
                    }
                    Err(fault) => tracing::warn!(%fault, "what time alone brings about is not done"),
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(every.min(ASK)) => {}
                }
            }
        })
    })
}
