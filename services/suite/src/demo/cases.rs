//! Published tables as further projects, each in its own region and year: filed with their printed targets, weights and
//! actual values, scored by the suite, and set against the printed scores.

use anyhow::{Context, ensure};
use hengji_kernel::{Decimal, FiscalYear, Money, name};
use hengji_proto::evaluation::v1 as pb;
use hengji_proto::targets::v1 as targets_pb;
use hengji_proto::targets::v1::project_service_client::ProjectServiceClient;
use hengji_proto::targets::v1::target_service_client::TargetServiceClient;
use hengji_rules::case::{CaseRow, PublishedCase};
use hengji_rules::word::{Direction, Nature};
use serde_json::{Value, json};

use super::evaluation::{Tasks, share};
use super::people::{NewAccount, hire};
use super::say::{decimal, request_id};
use super::targets::Desk;
use super::{Actor, People, Stage, catalog, county, identity, monitoring, readings};

/// The unit that files a table in its region; unit codes are not printed.
const UNIT: &str = "298001";

/// Stands for the money of a table that prints none, in yuan; it scores nothing.
const NO_MONEY: &str = "1.00";

/// How the printed scores came out.
#[derive(Default)]
pub(crate) struct Cases {
    pub(crate) tables: usize,
    pub(crate) printed: usize,
    pub(crate) reproduced: usize,
    pub(crate) deviations: Vec<String>,
}

pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<Cases> {
    let staff = Staff::hire(stage, people).await?;
    let mut cases = Cases::default();
    for (id, text) in county::files("cases")? {
        let case = PublishedCase::from_json(text).context(id)?;
        if can_be_filed(&case) {
            let table = Table { stage, people, staff: &staff, case: &case };
            let card = table.play().await.with_context(|| format!("{} {}", case.place, case.project))?;
            table.compare(&card, &mut cases)?;
            cases.tables += 1;
        }
    }
    ensure!(cases.tables >= 10, "only {} published tables are filed", cases.tables);
    stage.say(format!(
        "公开评分表：{} 张表按原样申报并评分，所印得分 {} 个，复现 {} 个，其余 {} 个逐项说明",
        cases.tables,
        cases.printed,
        cases.reproduced,
        cases.deviations.len()
    ));
    Ok(cases)
}

/// Every row's points must be on the page, and money unless the rows make 100 without an execution rate; the rest is taken
/// as it is printed.
fn can_be_filed(case: &PublishedCase) -> bool {
    let weights: Option<Decimal> = case.rows.iter().map(|row| row.weight).sum();
    let money = match &case.money {
        None => case.complete && weights == Some(Decimal::ONE_HUNDRED),
        Some(money) => {
            let total = &money.total;
            !money.from_rate
                && total.annual.is_some_and(|annual| annual > Decimal::ZERO)
                && total
                    .executed
                    .is_some_and(|executed| executed > Decimal::ZERO && Some(executed) <= total.annual)
        }
    };
    money && case.rows.len() >= 4 && weights.is_some()
}

/// Those who work on tables of every region.
struct Staff {
    department: Actor,
    finance: Actor,
    line: Actor,
    platform: Actor,
}

impl Staff {
    async fn hire(stage: &Stage<'_>, people: &People) -> anyhow::Result<Self> {
        let administrator = people.get("administrator")?;
        let new = async |id: &str, role: &str| {
            let title = "公开评分表复核";
            let new = NewAccount { id, title, organization: "", role, region: identity::NATION, unit: "" };
            hire(&stage.link, administrator, new).await
        };
        Ok(Self {
            department: new("tables-department", "department-reviewer").await?,
            finance: new("tables-finance", "finance-performance").await?,
            line: new("tables-line", "finance-line").await?,
            platform: new("tables-platform", "platform").await?,
        })
    }
}

struct Table<'a> {
    stage: &'a Stage<'a>,
    people: &'a People,
    staff: &'a Staff,
    case: &'a PublishedCase,
}

impl Table<'_> {
    fn name(&self, collection: &str, id: &str) -> anyhow::Result<String> {
        Ok(name::yearly(&self.case.region, self.year()?, collection, id))
    }

    fn year(&self) -> anyhow::Result<FiscalYear> {
        Ok(FiscalYear::try_from(self.case.year)?)
    }

    fn parent(&self) -> String {
        format!("regions/{}/years/{}", self.case.region, self.case.year)
    }

    fn unit_name(&self) -> String {
        format!("regions/{}/organizations/{UNIT}", self.case.region)
    }

    fn day(&self, month_day: &str) -> String {
        format!("{}-{month_day}", self.case.year)
    }

    async fn play(&self) -> anyhow::Result<pb::Scorecard> {
        let unit = self.region().await?;
        self.rules().await?;
        self.declare(&unit).await?;
        self.spend().await?;
        let unread = self.read(&unit).await?;
        self.score(&unit, &unread).await
    }

    /// The table's region with one unit in it, and the unit's account.
    async fn region(&self) -> anyhow::Result<Actor> {
        let administrator = self.people.get("administrator")?;
        let (link, region) = (&self.stage.link, self.case.region.as_str());
        identity::region(link, administrator, region, &self.case.place).await?;
        identity::organization(link, administrator, region, UNIT, &self.case.place, "budget_unit").await?;
        let new = NewAccount {
            id: &format!("table-{region}"),
            title: &self.case.place,
            organization: &self.unit_name(),
            role: "unit-declarer",
            region,
            unit: UNIT,
        };
        hire(link, administrator, new).await
    }

    /// The form's own rules as a layer of its region: its points for the execution rate, and what this suite would refuse
    /// in a new target is only remarked on in a table already published.
    async fn rules(&self) -> anyhow::Result<()> {
        let mut content: Value = serde_json::from_str(county::text("rule-packs/national-2021.json")?)?;
        let sections = &mut content["sections"];
        let mut quality = sections["target_quality"].take();
        for rule in quality.as_array_mut().into_iter().flatten() {
            rule["rule"]["severity"] = "warning".into();
        }
        let weight = self.case.printed.execution_weight.unwrap_or(Decimal::TEN);
        let mut execution = sections["execution"].take();
        execution["rule"]["weight"] = weight.to_string().into();
        execution["document"] = "local".into();
        execution["note"] = format!("表式所印的执行率分值：{}", self.case.source.title).into();
        let pack = json!({
            "code": format!("published-form-{}", self.case.region),
            "revision": 1,
            "title": format!("公开表式：{}", self.case.place),
            "layer": self.case.region,
            "valid_from": "2015-05-21",
            "object_types": [],
            "note": format!("按公开表原样：{}", self.case.source.url),
            "sections": { "execution": execution, "target_quality": quality },
        });
        catalog::activate(self.stage, self.people.get("catalog-manager")?, &pack.to_string()).await
    }

    fn money(&self) -> anyhow::Result<(String, String)> {
        let table = self.case.to_table().map_err(|refusal| anyhow::anyhow!("{}", refusal.message))?;
        let Some(money) = table.money else { return Ok((NO_MONEY.into(), NO_MONEY.into())) };
        let total = money.total;
        let (annual, executed) = (total.annual.unwrap_or(Money::ZERO), total.executed.unwrap_or(Money::ZERO));
        Ok((annual.to_string(), executed.to_string()))
    }

    fn amount_source(&self) -> String {
        let title = &self.case.source.title;
        match &self.case.money {
            Some(_) => format!("公开表：{title}"),
            None => format!("公开表未印金额，以 {NO_MONEY} 元示意：{title}"),
        }
    }

    async fn declare(&self, unit: &Actor) -> anyhow::Result<()> {
        let (budget, _) = self.money()?;
        ProjectServiceClient::new(self.stage.link.clone())
            .batch_create_projects(unit.ask(targets_pb::BatchCreateProjectsRequest {
                request_id: request_id(),
                parent: self.parent(),
                projects: vec![targets_pb::Project {
                    code: "P1".into(),
                    title: self.case.project.clone(),
                    unit: UNIT.into(),
                    category: targets_pb::ProjectCategory::Specific.into(),
                    nature: targets_pb::ProjectNature::Recurrent.into(),
                    fund_kind: targets_pb::FundKind::GeneralPublic.into(),
                    request_yuan: decimal(&budget),
                    amount_source: self.amount_source(),
                    ..Default::default()
                }],
                ..Default::default()
            }))
            .await?;
        let target = targets_pb::PerformanceTarget {
            object_kind: hengji_proto::common::v1::ObjectKind::Project.into(),
            object: self.name("projects", "P1")?,
            goal_text: self.case.project.clone(),
            indicators: self.case.rows.iter().map(indicator).collect(),
            budget_yuan: decimal(&budget),
            ..Default::default()
        };
        let desk = Desk {
            stage: self.stage,
            people: self.people,
            targets: TargetServiceClient::new(self.stage.link.clone()),
        };
        let name = self.name("targets", "T1")?;
        desk.create(unit, self.parent(), "T1".into(), target).await?;
        desk.file(unit, vec![name.clone()]).await?;
        desk.pass([&self.staff.department, &self.staff.line, &self.staff.finance], &name).await?;
        desk.approve(&self.staff.line, &[(name, budget)], "公开表").await
    }

    async fn spend(&self) -> anyhow::Result<()> {
        use hengji_proto::monitoring::v1 as money;
        use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
        let (budget, executed) = self.money()?;
        let project = self.name("projects", "P1")?;
        let day = self.day("01-15");
        monitoring::issue(self.stage, &self.staff.line, project.clone(), "Z1".into(), &budget, &day)
            .await??;
        let post = money::PostPaymentRequest {
            request_id: request_id(),
            payment: Some(monitoring::row(&project, "V1", executed.parse()?, &self.day("12-01"))?),
            ..Default::default()
        };
        PaymentServiceClient::new(self.stage.link.clone())
            .post_payment(self.staff.platform.ask(post))
            .await?;
        Ok(())
    }

    /// Actual values as printed. Answers the codes of those that cannot be read without guessing.
    async fn read(&self, unit: &Actor) -> anyhow::Result<Vec<String>> {
        let (project, day) = (self.name("projects", "P1")?, self.day("12-31"));
        let mut unread = Vec::new();
        for row in self.case.rows.iter().filter(|row| !row.not_applicable) {
            let reading = vec![(row.code.clone(), row.actual.clone())];
            let recorded = readings::record(self.stage, unit, project.clone(), reading, &day).await;
            match recorded {
                Ok(_) => {}
                Err(error) if self.deviates(&row.code) => {
                    unread.push(row.code.clone());
                    tracing::debug!(%error, row = row.code, "a published value is not readable");
                }
                Err(error) => return Err(error).with_context(|| format!("row {}: {}", row.code, row.actual)),
            }
        }
        Ok(unread)
    }

    fn deviates(&self, code: &str) -> bool {
        self.case.deviations.iter().any(|deviation| deviation.row == code)
    }

    /// First what the rules give; rows that only a person's score explains are then given as printed, with the reason.
    async fn score(&self, unit: &Actor, unread: &[String]) -> anyhow::Result<pb::Scorecard> {
        let tasks = Tasks::new(&self.stage.link);
        let draft = pb::EvaluationTaskDraft {
            task_id: "S1".into(),
            kind: pb::EvaluationKind::Self_.into(),
            object: self.name("projects", "P1")?,
            target: self.name("targets", "T1")?,
            evaluator: self.unit_name(),
        };
        let task = tasks.open(unit, self.parent(), draft).await?;
        let given =
            self.case.rows.iter().filter_map(|row| self.given(row, unread)).chain(self.given_execution());
        let task = tasks.score(unit, &task, given.collect(), None).await?;
        let task = tasks.finalize(unit, &task).await?;
        task.scorecard.context("a scored task without scorecard")
    }

    fn given(&self, row: &CaseRow, unread: &[String]) -> Option<pb::GivenScore> {
        if row.not_applicable {
            return Some(pb::GivenScore {
                code: row.code.clone(),
                not_applicable: true,
                ..Default::default()
            });
        }
        let deviation = self.case.deviations.iter().find(|deviation| deviation.row == row.code);
        let within = |score: &Decimal| *score >= Decimal::ZERO && Some(*score) <= row.weight;
        match (deviation, row.score.filter(within)) {
            (Some(deviation), Some(score)) => Some(pb::GivenScore {
                score: decimal(&score.to_string()),
                reason: format!("公开表所印得分：{}", deviation.reason),
                ..share(&row.code, "")
            }),
            (Some(_), None) if unread.contains(&row.code) => Some(pb::GivenScore {
                score: decimal(&row.weight.unwrap_or_default().to_string()),
                reason: "所印得分超出分值，按满分计".into(),
                ..share(&row.code, "")
            }),
            _ => row.share_percent.map(|percent| share(&row.code, &percent.to_string())),
        }
    }

    fn given_execution(&self) -> Option<pb::GivenScore> {
        let deviation = self.case.deviations.iter().find(|deviation| deviation.row == "execution")?;
        let printed = self.case.printed.execution?;
        Some(pb::GivenScore {
            score: decimal(&printed.to_string()),
            reason: format!("公开表所印得分：{}", deviation.reason),
            ..share("execution", "")
        })
    }

    fn compare(&self, card: &pb::Scorecard, cases: &mut Cases) -> anyhow::Result<()> {
        // a weight recovered from the score proves nothing about the score
        for row in self.case.rows.iter().filter(|row| !row.weight_recovered) {
            if let Some(printed) = row.score {
                self.compare_one(card, &row.code, &row.name, printed, cases)?;
            }
        }
        if let Some(printed) = self.case.printed.execution {
            self.compare_one(card, "execution", "预算执行率", printed, cases)?;
        }
        if let Some(printed) = self.case.printed.total.filter(|_| self.case.complete) {
            let told = super::say::value(card.total.as_ref())?;
            self.count("total", "总分", printed, Some(told), cases)?;
        }
        Ok(())
    }

    fn compare_one(
        &self,
        card: &pb::Scorecard,
        code: &str,
        title: &str,
        printed: Decimal,
        cases: &mut Cases,
    ) -> anyhow::Result<()> {
        // indicators that already make 100 leave no points for the execution rate: then no such row is scored
        let row = card.rows.iter().find(|row| row.code == code);
        let computed = row.and_then(|row| row.computed_score.as_ref());
        let computed = computed.map(|score| super::say::value(Some(score))).transpose()?;
        self.count(code, title, printed, computed, cases)
    }

    /// A printed score is reproduced, or the table's file says by which rule and why it is not.
    fn count(
        &self,
        code: &str,
        title: &str,
        printed: Decimal,
        computed: Option<Decimal>,
        cases: &mut Cases,
    ) -> anyhow::Result<()> {
        cases.printed += 1;
        let rounded = computed.map(|computed| {
            computed
                .round_dp_with_strategy(printed.scale(), rust_decimal::RoundingStrategy::MidpointAwayFromZero)
        });
        if rounded == Some(printed) {
            cases.reproduced += 1;
            return Ok(());
        }
        let deviations = &self.case.deviations;
        let deviation = deviations
            .iter()
            .find(|deviation| deviation.row == code)
            .or_else(|| deviations.iter().find(|deviation| deviation.rule == "weights.sum"));
        let told =
            computed.map_or_else(|| "规则不能给分".to_owned(), |computed| format!("规则给 {computed}"));
        let deviation = deviation.with_context(|| {
            format!("{} {title}: printed {printed}, {told}, and no reason is filed", self.case.id)
        })?;
        cases.deviations.push(format!(
            "{}《{}》{title}：所印 {printed}，{told}；规则 {}，{}",
            self.case.place, self.case.project, deviation.rule, deviation.reason
        ));
        Ok(())
    }
}

/// The row as printed: operator, value and unit are in the text; a bare number goes by its direction.
fn indicator(row: &CaseRow) -> targets_pb::TargetIndicator {
    let operator = match row.nature {
        Nature::Qualitative => targets_pb::Operator::Qualitative,
        Nature::Quantitative => targets_pb::Operator::Unspecified,
    };
    let direction = match row.direction {
        Some(Direction::Negative) => targets_pb::Direction::LowerBetter,
        Some(Direction::Positive) => targets_pb::Direction::HigherBetter,
        None => targets_pb::Direction::Unspecified,
    };
    targets_pb::TargetIndicator {
        code: row.code.clone(),
        level1: row.level1.clone(),
        level2: row.level2.clone(),
        title: row.name.clone(),
        operator: operator.into(),
        value_text: row.target.clone(),
        direction: direction.into(),
        weight: row.weight.as_ref().and_then(|weight| decimal(&weight.to_string())),
        ..Default::default()
    }
}
