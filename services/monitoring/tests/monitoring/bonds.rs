//! Special bonds: a plan that repays them, income against forecast, coverage, idle days.

use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::bond_service_client::BondServiceClient;
use hengji_proto::monitoring::v1::round_service_client::RoundServiceClient;
use hengji_testkit::{databases, request_id};
use tonic::{Code, Status};

use crate::support::*;

fn year(year: i32, income: &str, principal: &str) -> pb::BondYear {
    pb::BondYear {
        year,
        forecast_income_yuan: Some(yuan(income)),
        principal_yuan: Some(yuan(principal)),
        interest_yuan: Some(yuan("35")),
    }
}

fn terms() -> pb::BondTerms {
    pb::BondTerms {
        code: "2105123".into(),
        short_name: "21宁夏债01".into(),
        amount_yuan: Some(yuan("1000")),
        rate_percent: Some(yuan("3.5")),
        term_years: 3,
        issue_date: Some(day("2021-03-01")),
        years: vec![year(2021, "0", "0"), year(2022, "600", "0"), year(2023, "900", "1000")],
    }
}

fn creation(project: &str, id: &str, terms: pb::BondTerms) -> pb::CreateBondRequest {
    pb::CreateBondRequest {
        request_id: request_id(),
        project: project.into(),
        bond_id: id.into(),
        terms: Some(terms),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_bonds_income_is_held_against_its_forecast_and_its_money_must_not_lie() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        county.issue(P1, "A1", "1000", "2021-03-10").await?;
        county.pay(row("V1", P1, "400", "2026-06-20")).await.unwrap_err();
        county.pay(row("V1", P1, "400", "2021-12-20")).await?;
        let mut client = BondServiceClient::new(county.link());
        let by = |request| county.bench.by(&county.rights, request);
        let unpaid = client.create_bond(by(creation(P2, "B1", terms()))).await;
        assert_eq!(refusal(unpaid).0, Code::NotFound);
        let short = pb::BondTerms { years: vec![year(2022, "600", "999.99")], ..terms() };
        assert_eq!(
            fields(&client.create_bond(by(creation(P1, "B1", short))).await.unwrap_err()),
            ["terms.years"]
        );
        let bond = client.create_bond(by(creation(P1, "B1", terms()))).await?.into_inner().bond.unwrap();
        assert_eq!(refusal(client.create_bond(by(creation(P1, "B1", terms()))).await).0, Code::AlreadyExists);
        assert_eq!((text(bond.planned_coverage.as_ref()), &bond.income_rate_percent), ("1.35", &None));
        assert_eq!(text(bond.idle_yuan.as_ref()), "600.00");
        // from 20 December 2021 to 30 June 2026
        assert_eq!(bond.idle_days, 1653);

        let report = |bond: &pb::SpecialBond, year: i32, income: &str| pb::ReportBondIncomeRequest {
            request_id: request_id(),
            name: bond.name.clone(),
            etag: bond.etag.clone(),
            year,
            income_yuan: Some(yuan(income)),
            evidence: "银行回单".into(),
            ..Default::default()
        };
        let by = |request| county.bench.by(&county.rights, request);
        for (year, income, field) in [(2027, "1", "year"), (2022, "-1", "income_yuan")] {
            let refused = client.report_bond_income(by(report(&bond, year, income))).await.unwrap_err();
            assert_eq!(fields(&refused), [field]);
        }
        let reported =
            client.report_bond_income(by(report(&bond, 2022, "450"))).await?.into_inner().bond.unwrap();
        let told =
            [&reported.forecast_income_yuan, &reported.actual_income_yuan, &reported.income_rate_percent];
        assert_eq!(told.map(|told| text(told.as_ref())), ["600.00", "450.00", "75.00"]);
        assert_eq!(text(reported.present_coverage.as_ref()), "1.22");
        let stale = client.report_bond_income(by(report(&bond, 2022, "500"))).await;
        assert_eq!(refusal(stale).0, Code::Aborted);

        let revise = pb::ReviseBondRequest {
            request_id: request_id(),
            name: reported.name.clone(),
            etag: reported.etag.clone(),
            terms: Some(pb::BondTerms {
                years: vec![year(2022, "600", "0"), year(2026, "2000", "1000")],
                ..terms()
            }),
            reason: "再融资展期".into(),
            ..Default::default()
        };
        let revised =
            client.revise_bond(county.bench.by(&county.rights, revise)).await?.into_inner().bond.unwrap();
        assert_eq!(text(revised.planned_coverage.as_ref()), "2.42");
        let get = pb::GetBondRequest { name: bond.name.clone() };
        let got = client.get_bond(county.bench.by(&county.rights, get.clone())).await?.into_inner().bond;
        assert_eq!(got.as_ref(), Some(&revised));
        assert_eq!(refusal(client.get_bond(county.bench.by(&neighbour(), get)).await).0, Code::NotFound);
        let list = pb::ListBondsRequest { project: P1.into(), year: 2021, ..Default::default() };
        let listed = client.list_bonds(county.bench.by(&county.rights, list)).await?.into_inner().bonds;
        assert_eq!(listed, [revised]);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_round_takes_its_dates_from_the_calendar_of_the_pack() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let mut client = RoundServiceClient::new(county.link());
        let calendar = pb::GetRoundCalendarRequest { region: REGION.into(), year: 2021 };
        let calendar =
            client.get_round_calendar(county.bench.by(&county.rights, calendar)).await?.into_inner();
        let planned = calendar.rounds.first().unwrap();
        assert_eq!((planned.name.as_str(), planned.cut_off_date), ("1-7月", Some(day("2021-07-31"))));
        let mut open = async |calendar_round: &str, due: Option<&str>| {
            let request = pb::OpenRoundRequest {
                request_id: request_id(),
                parent: "regions/640323000/years/2021".into(),
                round_id: format!("R{}", due.is_some()),
                title: "监控".into(),
                calendar_round: calendar_round.into(),
                due_date: due.map(day),
                ..Default::default()
            };
            let answer = client.open_round(county.bench.by(&county.rights, request)).await?;
            Ok::<_, Status>(answer.into_inner().round.unwrap())
        };
        let round = open("1-7月", None).await?;
        assert_eq!((round.cut_off_date, round.due_date), (planned.cut_off_date, planned.due_date));
        assert_eq!(open("1-7月", Some("2021-10-31")).await?.due_date, Some(day("2021-10-31")));
        assert_eq!(fields(&open("1-5月", None).await.unwrap_err()), ["calendar_round"]);
        assert_eq!(fields(&open("", None).await.unwrap_err()), ["cut_off_date"]);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}
