//! Monitoring rounds: forms prefilled from ledger and readings, filled in by people, filed, reviewed, counted.

use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::monitoring_form_service_client::MonitoringFormServiceClient;
use hengji_proto::monitoring::v1::round_service_client::RoundServiceClient;
use hengji_proto::targets::v1::{FundKind, ProjectMark};
use hengji_testkit::{Rights, databases, request_id};
use tonic::{Code, Status};

use crate::support::*;

const PARENT: &str = "regions/640323000/years/2021";
const FORM1: &str = "regions/640323000/years/2021/rounds/R1/forms/640323000.P001";

/// The unit of P001.
fn unit() -> Rights {
    Rights::of("unit").may_for_unit(&["monitoring.read", "monitoring.report"], REGION, "219001")
}

fn opening(id: &str) -> pb::OpenRoundRequest {
    pb::OpenRoundRequest {
        request_id: request_id(),
        parent: PARENT.into(),
        round_id: id.into(),
        title: "2021年1—6月绩效运行监控".into(),
        cut_off_date: Some(day("2021-06-30")),
        due_date: Some(day("2026-06-29")),
        ..Default::default()
    }
}

async fn open(county: &County, request: pb::OpenRoundRequest) -> Result<pb::MonitoringRound, Status> {
    let request = county.bench.by(&county.rights, request);
    let answer = RoundServiceClient::new(county.link()).open_round(request).await?;
    Ok(answer.into_inner().round.unwrap())
}

async fn form(county: &County, name: &str) -> Result<pb::MonitoringForm, Status> {
    let request = county.bench.by(&unit(), pb::GetMonitoringFormRequest { name: name.into() });
    let answer = MonitoringFormServiceClient::new(county.link()).get_monitoring_form(request).await?;
    Ok(answer.into_inner().form.unwrap())
}

fn entry(code: &str, likelihood: pb::Likelihood) -> pb::MonitoringFormEntry {
    pb::MonitoringFormEntry {
        indicator_code: code.into(),
        likelihood: likelihood.into(),
        ..Default::default()
    }
}

fn explained(code: &str, likelihood: pb::Likelihood) -> pb::MonitoringFormEntry {
    pb::MonitoringFormEntry {
        forecast_text: "85公里".into(),
        causes: vec![pb::DeviationCause::Staff.into(), pb::DeviationCause::Funding.into()],
        cause_text: "雨季停工".into(),
        measure: "增加施工队".into(),
        ..entry(code, likelihood)
    }
}

async fn fill(
    county: &County,
    form: &pb::MonitoringForm,
    forecast: &str,
    entries: Vec<pb::MonitoringFormEntry>,
) -> Result<pb::MonitoringForm, Status> {
    let request = pb::FillMonitoringFormRequest {
        request_id: request_id(),
        name: form.name.clone(),
        etag: form.etag.clone(),
        forecast_yuan: Some(yuan(forecast)),
        entries,
        ..Default::default()
    };
    let request = county.bench.by(&unit(), request);
    let answer = MonitoringFormServiceClient::new(county.link()).fill_monitoring_form(request).await?;
    Ok(answer.into_inner().form.unwrap())
}

async fn file(county: &County, form: &pb::MonitoringForm) -> Result<pb::MonitoringForm, Status> {
    let request = pb::FileMonitoringFormRequest {
        request_id: request_id(),
        name: form.name.clone(),
        etag: form.etag.clone(),
        ..Default::default()
    };
    let request = county.bench.by(&unit(), request);
    let answer = MonitoringFormServiceClient::new(county.link()).file_monitoring_form(request).await?;
    Ok(answer.into_inner().form.unwrap())
}

async fn review(
    county: &County,
    by: &Rights,
    form: &pb::MonitoringForm,
    accepted: bool,
) -> Result<pb::MonitoringForm, Status> {
    let request = pb::ReviewMonitoringFormRequest {
        request_id: request_id(),
        name: form.name.clone(),
        etag: form.etag.clone(),
        accepted,
        opinion: "意见".into(),
        ..Default::default()
    };
    let request = county.bench.by(by, request);
    let answer = MonitoringFormServiceClient::new(county.link()).review_monitoring_form(request).await?;
    Ok(answer.into_inner().form.unwrap())
}

/// P001 with 350 of 1000 paid and 30 of 40 km by June, more later; P002, of another department, with nothing paid.
async fn county_at_half_year(database: &hengji_testkit::Database) -> anyhow::Result<County> {
    let county = County::start(database).await?;
    county.stand_ins.change(|canned| {
        for (name, kind, marks) in [
            (P1, FundKind::GeneralPublic, vec![ProjectMark::DirectFunds, ProjectMark::Transfer]),
            (P2, FundKind::SpecialBond, vec![]),
        ] {
            let project = canned.projects.get_mut(name).unwrap();
            project.fund_kind = kind.into();
            project.marks = marks.into_iter().map(Into::into).collect();
        }
    });
    county.issue(P1, "A1", "600", "2021-01-10").await?;
    county.issue(P2, "A2", "1000", "2021-03-10").await?;
    county.pay(row("V1", P1, "350", "2021-06-30")).await?;
    county.pay(row("V2", P1, "100", "2021-07-05")).await?;
    county.read(P1, vec![reading("1", "30公里", "2021-06-30"), reading("1", "50公里", "2021-07-31")]).await?;
    Ok(county)
}

#[tokio::test]
async fn a_form_is_prefilled_as_of_the_cut_off_and_goes_from_unit_to_finance() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = county_at_half_year(&database).await?;
        let round = open(&county, opening("R1")).await?;
        assert_eq!((round.form_count, round.state()), (2, pb::RoundState::Open));
        let prefilled = form(&county, FORM1).await?;
        assert_eq!(prefilled.state(), pb::MonitoringFormState::Pending);
        let money = [&prefilled.initial_yuan, &prefilled.budget_yuan, &prefilled.paid_yuan];
        assert_eq!(money.map(|money| text(money.as_ref())), ["1000.00", "1000.00", "350.00"]);
        assert_eq!(text(prefilled.rate_percent.as_ref()), "35.00");
        let lights = (prefilled.money_light(), prefilled.result_light());
        assert_eq!(lights, (pb::Light::Yellow, pb::Light::Red));
        let first = &prefilled.rows[0];
        assert_eq!(
            (first.actual_text.as_str(), first.light(), &first.entry),
            ("30公里", pb::Light::Red, &None)
        );

        // a late voucher of the time before the cut-off comes in with the next filling in
        county.pay(row("V3", P1, "10", "2021-06-29")).await?;
        let everything = vec![
            explained("1", pb::Likelihood::Possible),
            entry("2", pb::Likelihood::Certain),
            entry("3", pb::Likelihood::Certain),
        ];
        let filled = fill(&county, &prefilled, "950.50", everything[..1].to_vec()).await?;
        assert_eq!(text(filled.paid_yuan.as_ref()), "360.00");
        let stale = fill(&county, &prefilled, "1", vec![]).await.unwrap_err();
        assert_eq!(stale.code(), Code::Aborted);
        let unknown =
            fill(&county, &filled, "1", vec![entry("9", pb::Likelihood::Certain)]).await.unwrap_err();
        assert_eq!(fields(&unknown), ["entries[0].indicator_code"]);
        let gaps = file(&county, &filled).await.unwrap_err();
        assert_eq!(fields(&gaps), ["rows[1].entry.likelihood", "rows[2].entry.likelihood"]);
        let filled = fill(&county, &filled, "950.50", everything).await?;
        let filed = file(&county, &filled).await?;
        assert_eq!((filed.state(), filed.overdue), (pb::MonitoringFormState::Filed, false));
        assert_eq!(refusal(fill(&county, &filed, "1", vec![]).await).1, "STATE_FORBIDS");

        let own = Rights::of("unit").may(&["monitoring.correct"], REGION);
        assert_eq!(refusal(review(&county, &own, &filed, true).await).1, "DUTIES_NOT_SEPARATE");
        let returned = review(&county, &county.rights, &filed, false).await?;
        assert_eq!((returned.state(), returned.overdue), (pb::MonitoringFormState::Returned, true));
        let filed = file(&county, &returned).await?;
        let accepted = review(&county, &county.rights, &filed, true).await?;
        assert_eq!(
            (accepted.state(), accepted.reviewer.as_str()),
            (pb::MonitoringFormState::Accepted, "accounts/finance")
        );
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_round_counts_its_forms_and_lists_the_overdue_ones() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = county_at_half_year(&database).await?;
        let round = open(&county, opening("R1")).await?;
        let entries = vec![
            explained("1", pb::Likelihood::Possible),
            entry("2", pb::Likelihood::Certain),
            entry("3", pb::Likelihood::Certain),
        ];
        let filled = fill(&county, &form(&county, FORM1).await?, "900", entries).await?;
        file(&county, &filled).await?;

        let mut forms = MonitoringFormServiceClient::new(county.link());
        let overdue =
            pb::ListMonitoringFormsRequest { overdue: true, round: round.name.clone(), ..Default::default() };
        let listed = forms.list_monitoring_forms(county.bench.by(&county.rights, overdue.clone())).await?;
        let listed = listed.into_inner().forms;
        assert_eq!(listed.iter().map(|form| form.project.as_str()).collect::<Vec<_>>(), [P2]);
        let hidden = forms.list_monitoring_forms(county.bench.by(&neighbour(), overdue)).await?.into_inner();
        assert!(hidden.forms.is_empty());

        let mut rounds = RoundServiceClient::new(county.link());
        let mut statistics = async |by: &Rights, unit: &str, group: pb::Grouping| {
            let request = pb::GetRoundStatisticsRequest {
                name: round.name.clone(),
                unit: unit.into(),
                group_by: group.into(),
            };
            let answer = rounds.get_round_statistics(county.bench.by(by, request)).await?;
            Ok::<_, Status>(answer.into_inner().rows)
        };
        let total = statistics(&county.rights, "", pb::Grouping::Total).await?.remove(0);
        let counts = (total.form_count, total.filed_count, total.accepted_count, total.overdue_count);
        assert_eq!(counts, (2, 1, 0, 1));
        let money = [&total.budget_yuan, &total.paid_yuan, &total.forecast_yuan, &total.rate_percent];
        assert_eq!(money.map(|money| text(money.as_ref())), ["2000.00", "350.00", "900.00", "17.50"]);
        let light = |light: pb::Light| pb::LightCount { light: light.into(), count: 1, ..Default::default() };
        assert_eq!(total.money_lights, [light(pb::Light::Yellow), light(pb::Light::Red)]);
        let said: Vec<_> = total.likelihoods.iter().map(|said| (said.likelihood(), said.count)).collect();
        assert_eq!(said, [(pb::Likelihood::Certain, 2), (pb::Likelihood::Possible, 1)]);
        let causes: Vec<_> = total.causes.iter().map(|cause| (cause.cause(), cause.count)).collect();
        assert_eq!(causes, [(pb::DeviationCause::Funding, 1), (pb::DeviationCause::Staff, 1)]);
        for (group, expected) in [
            (pb::Grouping::Region, vec![("640323000", 2)]),
            (pb::Grouping::Department, vec![("219", 2)]),
            (pb::Grouping::FundKind, vec![("FUND_KIND_GENERAL_PUBLIC", 1), ("FUND_KIND_SPECIAL_BOND", 1)]),
            (pb::Grouping::Mark, vec![("PROJECT_MARK_DIRECT_FUNDS", 1), ("PROJECT_MARK_TRANSFER", 1)]),
        ] {
            let rows = statistics(&county.rights, "", group).await?;
            let rows: Vec<_> = rows.iter().map(|row| (row.key.as_str(), row.form_count)).collect();
            assert_eq!(rows, expected);
        }
        assert_eq!(statistics(&unit(), "219001", pb::Grouping::Total).await?[0].form_count, 1);
        assert_eq!(refusal(statistics(&unit(), "", pb::Grouping::Total).await).0, Code::NotFound);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_scope_chooses_the_projects_and_a_closed_round_takes_nothing_in() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = county_at_half_year(&database).await?;
        let scoped =
            |id: &str, scope: pb::RoundScope| pb::OpenRoundRequest { scope: Some(scope), ..opening(id) };
        let bonds = pb::RoundScope { fund_kind: FundKind::SpecialBond.into(), ..Default::default() };
        assert_eq!(open(&county, scoped("R2", bonds)).await?.form_count, 1);
        // above a million, and slow
        let none = pb::RoundScope { budget_from_yuan: Some(yuan("1000000")), ..Default::default() };
        assert_eq!(fields(&open(&county, scoped("R3", none)).await.unwrap_err()), ["scope"]);
        let slow = pb::RoundScope { rate_below_percent: Some(yuan("35")), ..Default::default() };
        assert_eq!(open(&county, scoped("R3", slow)).await?.form_count, 1);
        // before any money
        let early = pb::OpenRoundRequest { cut_off_date: Some(day("2021-01-09")), ..opening("R4") };
        assert_eq!(fields(&open(&county, early).await.unwrap_err()), ["scope"]);
        for (request, field) in [
            (pb::OpenRoundRequest { cut_off_date: Some(day("2027-06-30")), ..opening("R5") }, "cut_off_date"),
            (pb::OpenRoundRequest { due_date: Some(day("2021-06-29")), ..opening("R5") }, "due_date"),
        ] {
            assert_eq!(fields(&open(&county, request).await.unwrap_err()), [field]);
        }
        let elsewhere =
            pb::OpenRoundRequest { parent: "regions/640324000/years/2021".into(), ..opening("R1") };
        assert_eq!(refusal(open(&county, elsewhere).await).0, Code::NotFound);

        let round = open(&county, opening("R1")).await?;
        assert_eq!(refusal(open(&county, opening("R1")).await).0, Code::AlreadyExists);
        let mut rounds = RoundServiceClient::new(county.link());
        let close = pb::CloseRoundRequest {
            request_id: request_id(),
            name: round.name.clone(),
            etag: round.etag,
            conclusion: "一个项目逾期未报".into(),
            ..Default::default()
        };
        let closed =
            rounds.close_round(county.bench.by(&county.rights, close)).await?.into_inner().round.unwrap();
        assert_eq!(closed.state(), pb::RoundState::Closed);
        let late = fill(&county, &form(&county, FORM1).await?, "1", vec![]).await;
        assert_eq!(refusal(late), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let list = pb::ListRoundsRequest { state: pb::RoundState::Open.into(), ..Default::default() };
        let listed = rounds.list_rounds(county.bench.by(&county.rights, list)).await?.into_inner().rounds;
        let names: Vec<_> = listed.iter().map(|round| round.name.rsplit('/').next().unwrap()).collect();
        assert_eq!(names, ["R2", "R3"]);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_form_goes_out_as_a_sheet_and_comes_in_again() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = county_at_half_year(&database).await?;
        open(&county, opening("R1")).await?;
        let filled = fill(
            &county,
            &form(&county, FORM1).await?,
            "900.01",
            vec![explained("1", pb::Likelihood::Possible)],
        )
        .await?;
        let mut forms = MonitoringFormServiceClient::new(county.link());
        let export = pb::ExportMonitoringFormRequest { name: FORM1.into() };
        let sheet = forms.export_monitoring_form(county.bench.by(&unit(), export)).await?.into_inner();
        assert_eq!(sheet.file_name, "绩效监控表-P001.xlsx");

        // somebody clears the form and hands the sheet in
        let emptied = fill(&county, &filled, "0", vec![entry("1", pb::Likelihood::Unspecified)]).await?;
        assert_eq!(emptied.rows[0].entry, None);
        let import = |name: &str, etag: &str, workbook: Vec<u8>| pb::ImportMonitoringFormRequest {
            request_id: request_id(),
            name: name.into(),
            etag: etag.into(),
            workbook,
            ..Default::default()
        };
        let request = import(FORM1, &emptied.etag, sheet.workbook.clone());
        let imported =
            forms.import_monitoring_form(county.bench.by(&unit(), request)).await?.into_inner().form.unwrap();
        assert_eq!((&imported.rows, &imported.forecast_yuan), (&filled.rows, &filled.forecast_yuan));

        let garbage = import(FORM1, &imported.etag, b"not a workbook".to_vec());
        let garbage = forms.import_monitoring_form(county.bench.by(&unit(), garbage)).await.unwrap_err();
        assert_eq!(fields(&garbage), ["workbook"]);
        let other = "regions/640323000/years/2021/rounds/R1/forms/640323000.P002";
        let other = import(other, "v1", sheet.workbook);
        let other = forms.import_monitoring_form(county.bench.by(&county.rights, other)).await.unwrap_err();
        assert_eq!(fields(&other), ["workbook"]);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}
