//! Roll-ups for dashboards, watch lists, idle money, time that turns lights, readings of many projects.

use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::position_service_client::PositionServiceClient;
use hengji_proto::monitoring::v1::reading_service_client::ReadingServiceClient;
use hengji_proto::targets::v1::{FundKind, ProjectMark};
use hengji_testkit::{Database, Rights, databases, request_id};
use tonic::{Code, Status};

use crate::support::*;

const PARENT: &str = "regions/640323000/years/2021";

/// P001, general money that came directly: 600000 of a million issued; P002, a special bond: all issued.
async fn county_with_kinds(database: &Database) -> anyhow::Result<County> {
    let county = County::start(database).await?;
    county.stand_ins.change(|canned| {
        for (name, kind, marks) in [
            (P1, FundKind::GeneralPublic, vec![ProjectMark::DirectFunds]),
            (P2, FundKind::SpecialBond, vec![ProjectMark::Consolidation, ProjectMark::Transfer]),
        ] {
            let project = canned.projects.get_mut(name).unwrap();
            project.approved_yuan = Some(yuan("1000000"));
            project.fund_kind = kind.into();
            project.marks = marks.into_iter().map(Into::into).collect();
        }
    });
    county.issue(P1, "A1", "600000", "2021-01-10").await?;
    county.issue(P2, "A2", "1000000", "2021-03-10").await?;
    Ok(county)
}

async fn rollups(
    county: &County,
    by: &Rights,
    unit: &str,
    group: pb::Grouping,
) -> Result<Vec<(String, i32, String)>, Status> {
    let request = pb::ListRollupsRequest {
        region: REGION.into(),
        unit: unit.into(),
        year: 2021,
        group_by: group.into(),
    };
    let answer = PositionServiceClient::new(county.link()).list_rollups(county.bench.by(by, request)).await?;
    let row =
        |row: &pb::Rollup| (row.key.clone(), row.project_count, text(row.paid_yuan.as_ref()).to_owned());
    Ok(answer.into_inner().rollups.iter().map(row).collect())
}

#[tokio::test]
async fn sums_stand_by_region_department_kind_and_mark_and_open_to_their_projects() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = county_with_kinds(&database).await?;
        county.pay(row("V1", P1, "100000.50", "2021-06-30")).await?;
        county.pay(row("V2", P2, "200000", "2021-06-30")).await?;
        let found = async |group| rollups(&county, &county.rights, "", group).await;
        let rows = |rows: &[(&str, i32, &str)]| -> Vec<(String, i32, String)> {
            rows.iter().map(|(key, count, paid)| ((*key).into(), *count, (*paid).into())).collect()
        };
        assert_eq!(found(pb::Grouping::Total).await?, rows(&[("", 2, "300000.50")]));
        assert_eq!(found(pb::Grouping::Region).await?, rows(&[(REGION, 2, "300000.50")]));
        assert_eq!(found(pb::Grouping::Department).await?, rows(&[("219", 2, "300000.50")]));
        assert_eq!(
            found(pb::Grouping::FundKind).await?,
            rows(&[("FUND_KIND_GENERAL_PUBLIC", 1, "100000.50"), ("FUND_KIND_SPECIAL_BOND", 1, "200000.00")])
        );
        assert_eq!(
            found(pb::Grouping::Mark).await?,
            rows(&[
                ("PROJECT_MARK_CONSOLIDATION", 1, "200000.00"),
                ("PROJECT_MARK_DIRECT_FUNDS", 1, "100000.50"),
                ("PROJECT_MARK_TRANSFER", 1, "200000.00"),
            ])
        );
        let unit = Rights::of("unit").may_for_unit(&["monitoring.read"], REGION, "219001");
        let own = rollups(&county, &unit, "219001", pb::Grouping::Total).await?;
        assert_eq!(own, rows(&[("", 1, "100000.50")]));
        assert_eq!(refusal(rollups(&county, &unit, "", pb::Grouping::Total).await).0, Code::NotFound);

        let mut client = PositionServiceClient::new(county.link());
        for (request, expected) in [
            (
                pb::ListPositionsRequest { fund_kind: FundKind::SpecialBond.into(), ..Default::default() },
                vec![P2],
            ),
            (
                pb::ListPositionsRequest { mark: ProjectMark::DirectFunds.into(), ..Default::default() },
                vec![P1],
            ),
            (
                pb::ListPositionsRequest { mark: ProjectMark::MajorDecision.into(), ..Default::default() },
                vec![],
            ),
            (
                pb::ListPositionsRequest {
                    warning: pb::WarningClass::SlowExecution.into(),
                    ..Default::default()
                },
                vec![P1, P2],
            ),
            (
                pb::ListPositionsRequest {
                    warning: pb::WarningClass::Overspending.into(),
                    ..Default::default()
                },
                vec![],
            ),
        ] {
            let listed = client.list_positions(county.bench.by(&county.rights, request)).await?.into_inner();
            let projects: Vec<_> =
                listed.positions.iter().map(|position| position.project.as_str()).collect();
            assert_eq!(projects, expected);
        }
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_dashboard_hears_of_every_change_of_its_sums() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = county_with_kinds(&database).await?;
        let request = pb::WatchRollupsRequest {
            region: REGION.into(),
            unit: String::new(),
            year: 2021,
            group_by: pb::Grouping::Total.into(),
        };
        let beyond = pb::WatchRollupsRequest { region: "640000000".into(), ..request.clone() };
        let mut client = PositionServiceClient::new(county.link());
        let refused = client.watch_rollups(county.bench.by(&county.rights, beyond)).await;
        assert_eq!(refusal(refused).0, Code::NotFound);
        let mut shown = client.watch_rollups(county.bench.by(&county.rights, request)).await?.into_inner();
        let mut paid = async || -> anyhow::Result<String> {
            let rows = shown.message().await?.unwrap().rollups;
            Ok(text(rows[0].paid_yuan.as_ref()).to_owned())
        };
        assert_eq!(paid().await?, "0.00");
        county.pay(row("V1", P1, "5", "2021-03-30")).await?;
        assert_eq!(paid().await?, "5.00");
        county.pay(row("V2", P2, "-0.01", "2021-03-30")).await.unwrap_err();
        county.pay(row("V3", P1, "-0.01", "2021-03-30")).await?;
        assert_eq!(paid().await?, "4.99");
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

async fn refresh(county: &County, day: &str) -> Result<pb::RefreshPositionsResponse, Status> {
    let request = pb::RefreshPositionsRequest {
        request_id: request_id(),
        parent: PARENT.into(),
        as_of: Some(self::day(day)),
        ..Default::default()
    };
    let request = county.bench.by(&county.rights, request);
    Ok(PositionServiceClient::new(county.link()).refresh_positions(request).await?.into_inner())
}

#[tokio::test]
async fn time_alone_turns_lights_and_says_what_is_wrong() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = county_with_kinds(&database).await?;
        assert!(county.position(P1, None).await?.warnings.is_empty());
        let looked = refresh(&county, "2021-07-31").await?;
        assert_eq!(looked.position_count, 2);
        assert!(looked.change_count > 0);
        let position = county.position(P1, None).await?;
        assert_eq!((position.as_of, position.money_light()), (Some(day("2021-07-31")), pb::Light::Red));
        let classes: Vec<_> = position.warnings.iter().map(pb::Warning::class).collect();
        let expected =
            [pb::WarningClass::SlowExecution, pb::WarningClass::ReadingOverdue, pb::WarningClass::IdleMoney];
        assert_eq!(classes, expected);
        assert!(
            position.warnings.iter().all(|warning| !warning.explanation.as_ref().unwrap().text.is_empty())
        );
        assert_eq!(text(position.indicators[0].expected_value.as_ref()), "40");
        // what was looked at later already is left alone
        assert_eq!(refresh(&county, "2021-07-01").await?.position_count, 0);
        assert_eq!(fields(&refresh(&county, "2026-07-01").await.unwrap_err()), ["as_of"]);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn idle_money_is_listed_by_age_and_its_ages_add_up() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = county_with_kinds(&database).await?;
        county.pay(row("V1", P1, "100000", "2021-06-30")).await?;
        let list = async |request: pb::ListIdleMoneyRequest| {
            let request = pb::ListIdleMoneyRequest {
                region: REGION.into(),
                year: 2021,
                as_of: Some(day("2021-09-30")),
                ..request
            };
            let request = county.bench.by(&county.rights, request);
            Ok::<_, Status>(
                PositionServiceClient::new(county.link()).list_idle_money(request).await?.into_inner(),
            )
        };
        let all = list(pb::ListIdleMoneyRequest::default()).await?;
        let rows: Vec<_> = all
            .rows
            .iter()
            .map(|row| (row.project.as_str(), text(row.amount_yuan.as_ref()), row.days, row.age.as_str()))
            .collect();
        assert_eq!(
            rows,
            [(P1, "500000.00", 92, "3 个月至 6 个月"), (P2, "1000000.00", 204, "6 个月至 1 年")]
        );
        let ages: Vec<_> = all
            .ages
            .iter()
            .map(|age| (age.age.as_str(), age.project_count, text(age.amount_yuan.as_ref()), age.light()))
            .collect();
        assert_eq!(
            ages,
            [
                ("3 个月至 6 个月", 1, "500000.00", pb::Light::Yellow),
                ("6 个月至 1 年", 1, "1000000.00", pb::Light::Red),
            ]
        );
        let first = list(pb::ListIdleMoneyRequest { page_size: 1, ..Default::default() }).await?;
        assert_eq!((first.rows.len(), &first.ages), (1, &all.ages));
        assert!(!first.next_page_token.is_empty());
        for (request, expected) in [
            (pb::ListIdleMoneyRequest { from_days: 100, ..Default::default() }, P2),
            (pb::ListIdleMoneyRequest { fund_kind: FundKind::SpecialBond.into(), ..Default::default() }, P2),
            (pb::ListIdleMoneyRequest { mark: ProjectMark::DirectFunds.into(), ..Default::default() }, P1),
        ] {
            let found = list(request).await?;
            assert_eq!(found.rows.iter().map(|row| row.project.as_str()).collect::<Vec<_>>(), [expected]);
            assert_eq!(found.ages.len(), 1);
        }
        // paid out: nothing lies still
        county.pay(row("V2", P1, "500000", "2021-09-01")).await?;
        assert_eq!(list(pb::ListIdleMoneyRequest::default()).await?.rows.len(), 1);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_refused_reading_stops_none_of_its_neighbours() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = county_with_kinds(&database).await?;
        let of = |project: &str, reading: pb::ReadingRow| pb::ImportedReading {
            project: project.into(),
            reading: Some(reading),
        };
        let part =
            |title: &str, value: &str| pb::ReadingPart { title: title.into(), value: Some(yuan(value)) };
        let parts = |value: &str| pb::ReadingRow {
            parts: vec![part("一乡", "25"), part("二乡", value)],
            source: "部门业务统计".into(),
            ..reading("1", "45公里", "2021-06-30")
        };
        let request = pb::ImportReadingsRequest {
            request_id: request_id(),
            parent: PARENT.into(),
            readings: vec![
                of(P1, reading("9", "1", "2021-06-30")),
                of(P1, reading("2", "0.95", "2021-06-30")),
                of(P1, parts("20")),
                of(P2, parts("20.1")),
                of(P3, reading("1", "45公里", "2021-06-30")),
                of("regions/640324000/years/2021/projects/P001", reading("1", "45公里", "2021-06-30")),
                of(P2, reading("1", "41公里", "2021-06-30")),
                of(&P1.replace("2021", "2022"), reading("1", "45公里", "2021-06-30")),
                of(P1, reading("1", "45公里", "2020-12-31")),
                of(P1, reading("1", "45公里", "2199-12-31")),
                of(P1, reading("1", "45人", "2021-06-30")),
            ],
            ..Default::default()
        };
        let mut client = ReadingServiceClient::new(county.link());
        let answer =
            client.import_readings(county.bench.by(&county.rights, request.clone())).await?.into_inner();
        let told: Vec<_> =
            answer.outcomes.iter().map(|outcome| (outcome.stored, outcome.reason.as_str())).collect();
        let refused = (false, "FIELD_INVALID");
        let stored = (true, "");
        let missing = (false, "NOT_FOUND");
        assert_eq!(told[..7], [refused, refused, stored, refused, missing, refused, stored]);
        assert_eq!(told[7..], [refused; 4], "foreign year, before the year, in the future, another unit");
        assert!(answer.outcomes[1].message.contains('%'), "{}", answer.outcomes[1].message);
        assert!(answer.outcomes[3].message.contains("45.1"), "{}", answer.outcomes[3].message);
        let first = answer.outcomes[2].reading.clone().unwrap();
        assert_eq!((first.parts.len(), first.source.as_str()), (2, "部门业务统计"));
        assert_eq!(county.position(P1, None).await?.result_light(), pb::Light::Green);
        // the same request again has the same answer and no effect
        let again = client.import_readings(county.bench.by(&county.rights, request)).await?.into_inner();
        assert_eq!(again, answer);

        // a correction names what it takes the place of, and why
        let correcting = |reason: &str| pb::ReadingRow {
            corrects: first.name.clone(),
            correction_reason: reason.into(),
            ..reading("1", "20公里", "2021-06-30")
        };
        let silent = county.read(P1, vec![correcting("")]).await.unwrap_err();
        assert_eq!(fields(&silent), ["readings[0].correction_reason"]);
        let foreign = county.read(P2, vec![correcting("误填")]).await.unwrap_err();
        assert_eq!(fields(&foreign), ["readings[0].corrects"]);
        let answer = county.read(P1, vec![correcting("误填")]).await?;
        assert_eq!(answer.readings[0].corrects, first.name);
        assert_eq!(answer.position.unwrap().result_light(), pb::Light::Red);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}
