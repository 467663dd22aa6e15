//! Readings, both lights with their reasons, past days and roll-ups.

use hengji_proto::common::v1::journal_service_client::JournalServiceClient;
use hengji_proto::common::v1::{JournalEntry, ListEntriesRequest};
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::position_service_client::PositionServiceClient;
use hengji_proto::monitoring::v1::reading_service_client::ReadingServiceClient;
use hengji_testkit::{Rights, databases};
use tonic::Code;

use crate::support::*;

pub async fn news(county: &County, kind: &str) -> anyhow::Result<Vec<JournalEntry>> {
    let auditor = Rights::of("auditor").may(&["journal.read"], REGION);
    let request =
        ListEntriesRequest { service: "monitoring".into(), kinds: vec![kind.into()], ..Default::default() };
    let request = county.bench.by(&auditor, request);
    Ok(JournalServiceClient::new(county.link()).list_entries(request).await?.into_inner().entries)
}

#[tokio::test]
async fn each_payment_and_reading_recomputes_both_lights_and_tells_why() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let issued = county.position(P1, None).await?;
        assert_eq!(issued.money_light(), pb::Light::Green);
        assert_eq!(issued.result_light(), pb::Light::Unspecified);

        // half of the year is over: 50% expected, 35% paid; 40 km were due, nothing is reported
        let position = county.pay(row("V1", P1, "350", "2021-06-30")).await?.position.unwrap();
        assert_eq!((position.money_light(), position.result_light()), (pb::Light::Yellow, pb::Light::Yellow));
        let why = position.money_explanation.unwrap();
        assert!(why.text.contains("50% − 35% = 15 个百分点"), "{}", why.text);
        assert_eq!(why.steps[0].rule, "light.execution");

        let answer = county.read(P1, vec![reading("1", "30公里", "2021-06-30")]).await?;
        let position = answer.position.unwrap();
        assert_eq!(position.result_light(), pb::Light::Red);
        let length = &position.indicators[0];
        assert_eq!((length.actual_text.as_str(), length.light()), ("30公里", pb::Light::Red));
        assert_eq!(text(length.progress_percent.as_ref()), "75.00");
        assert!(length.explanation.as_ref().unwrap().text.contains("阶段值 40，读数 30，落后 25%"));

        // a correction of the same day counts, an older one that comes late does not
        county.read(P1, vec![reading("1", "39公里", "2021-06-30")]).await?;
        let position = county.read(P1, vec![reading("1", "5公里", "2021-03-31")]).await?.position.unwrap();
        assert_eq!(position.indicators[0].actual_text, "39公里");
        assert_eq!((position.result_light(), position.as_of), (pb::Light::Green, Some(day("2021-06-30"))));

        let changes = news(&county, "light.changed").await?;
        let told: Vec<(String, String, String)> = changes
            .iter()
            .map(|entry| {
                let payload: serde_json::Value = serde_json::from_str(&entry.payload_json).unwrap();
                assert!(!payload["why"].as_str().unwrap().is_empty());
                assert!(payload["cause"].as_str().unwrap().starts_with("regions/640323000/years/2021/"));
                let word = |key: &str| payload[key].as_str().unwrap().to_owned();
                (word("light"), word("before"), word("after"))
            })
            .collect();
        let expected = [
            ("money", "unlit", "green"),
            ("money", "green", "yellow"),
            ("result", "unlit", "yellow"),
            ("result", "yellow", "red"),
            ("result", "red", "green"),
        ];
        assert_eq!(told, expected.map(|(light, before, after)| (light.into(), before.into(), after.into())));
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn refuses_readings_that_cannot_be_read_all_at_once() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let ratio = |numerator: &str, denominator: &str| pb::ReadingRow {
            numerator: Some(yuan(numerator)),
            denominator: Some(yuan(denominator)),
            ..reading("2", "", "2021-06-30")
        };
        let rows = vec![
            reading("9", "1", "2021-06-30"),
            reading("2", "0.95", "2021-06-30"),
            reading("1", "已完成", "2021-06-30"),
            reading("1", "10人", "2021-06-30"),
            ratio("1", "0"),
            reading("1", "10", "2026-12-31"),
            reading("1", "10", "2020-12-31"),
            reading("3", "较好", "2021-06-30"),
        ];
        let status = county.read(P1, rows).await.unwrap_err();
        assert_eq!(
            fields(&status),
            [
                "readings[0].indicator_code",
                "readings[1].value_text",
                "readings[2].value_text",
                "readings[3].value_text",
                "readings[4].denominator",
                "readings[5].reading_date",
                "readings[6].reading_date",
            ]
        );
        assert_eq!(refusal(county.read(P2, vec![reading("1", "1", "2021-06-30")]).await).0, Code::NotFound);

        let answer = county.read(P1, vec![ratio("19", "20"), reading("3", "较好", "2021-06-30")]).await?;
        assert_eq!(answer.readings[0].value_text, "95%");
        assert_eq!(text(answer.readings[0].denominator.as_ref()), "20");
        let request = pb::ListReadingsRequest { project: P1.into(), ..Default::default() };
        let request = county.bench.by(&county.rights, request);
        let listed = ReadingServiceClient::new(county.link()).list_readings(request).await?.into_inner();
        assert_eq!(listed.readings, answer.readings);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn keeps_readings_of_a_department_overall() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        let department = "regions/640323000/organizations/219";
        let answer = county.read(department, vec![reading("1", "96%", "2021-12-31")]).await?;
        assert!(answer.position.is_none());
        assert_eq!(
            (answer.readings[0].project.as_str(), answer.readings[0].unit.as_str()),
            (department, "219")
        );
        let request =
            pb::ListReadingsRequest { project: department.into(), year: 2021, ..Default::default() };
        let request = county.bench.by(&county.rights, request);
        let listed = ReadingServiceClient::new(county.link()).list_readings(request).await?.into_inner();
        assert_eq!(listed.readings.len(), 1);
        let status = county.read(department, vec![reading("1", "约40%", "2021-12-31")]).await.unwrap_err();
        assert_eq!(fields(&status), ["readings[0].value_text"]);
        let elsewhere =
            county.read("regions/640324000/organizations/219", vec![reading("1", "1", "2021-12-31")]).await;
        assert_eq!(refusal(elsewhere).0, Code::NotFound);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_past_day_counts_what_is_dated_up_to_it() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        county.issue(P1, "A2", "400", "2021-07-01").await?;
        for (voucher, amount, date) in
            [("V1", "200", "2021-03-31"), ("V2", "300", "2021-06-30"), ("V3", "-100", "2021-09-30")]
        {
            county.pay(row(voucher, P1, amount, date)).await?;
        }
        county
            .read(P1, vec![reading("1", "40公里", "2021-06-30"), reading("1", "80公里", "2021-09-30")])
            .await?;
        let money = async |date: &str| -> anyhow::Result<(String, String, pb::Light)> {
            let position = county.position(P1, Some(date)).await?;
            assert_eq!(position.as_of, Some(day(date)));
            let light = position.money_light();
            Ok((
                text(position.allotted_yuan.as_ref()).into(),
                text(position.paid_yuan.as_ref()).into(),
                light,
            ))
        };
        assert_eq!(money("2021-01-01").await?, ("0.00".into(), "0.00".into(), pb::Light::Green));
        assert_eq!(money("2021-03-31").await?, ("600.00".into(), "200.00".into(), pb::Light::Green));
        assert_eq!(money("2021-06-30").await?, ("600.00".into(), "500.00".into(), pb::Light::Green));
        assert_eq!(money("2021-09-30").await?, ("1000.00".into(), "400.00".into(), pb::Light::Red));
        let june = county.position(P1, Some("2021-07-15")).await?;
        assert_eq!(june.indicators[0].actual_text, "40公里");
        assert_eq!(june.result_light(), pb::Light::Green);
        let january = county.position(P1, Some("2021-01-31")).await?;
        assert_eq!(
            (january.indicators[0].actual_text.as_str(), january.result_light()),
            ("", pb::Light::Unspecified)
        );
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn rolls_up_and_lists_by_light_within_reach() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        county.issue(P2, "A2", "1000", "2021-01-10").await?;
        let mut client = PositionServiceClient::new(county.link());
        // what no light was judged for yet
        for (list, expected) in [
            (pb::ListPositionsRequest { result_unlit: true, ..Default::default() }, vec![P1, P2]),
            (pb::ListPositionsRequest { money_unlit: true, ..Default::default() }, vec![]),
        ] {
            let found = client.list_positions(county.bench.by(&county.rights, list)).await?.into_inner();
            let found: Vec<_> = found.positions.iter().map(|position| position.project.as_str()).collect();
            assert_eq!(found, expected);
        }
        county.pay(row("V1", P1, "600", "2021-06-30")).await?;
        county.pay(row("V2", P2, "100.55", "2021-06-30")).await?;
        let request = |region: &str, unit: &str| pb::GetRollupRequest {
            region: region.into(),
            unit: unit.into(),
            year: 2021,
        };
        let whole =
            client.get_rollup(county.bench.by(&county.rights, request(REGION, ""))).await?.into_inner();
        let whole = whole.rollup.unwrap();
        assert_eq!(whole.project_count, 2);
        assert_eq!(text(whole.budget_yuan.as_ref()), "2000.00");
        assert_eq!(text(whole.allotted_yuan.as_ref()), "1600.00");
        assert_eq!(text(whole.paid_yuan.as_ref()), "700.55");
        assert_eq!(text(whole.rate_percent.as_ref()), "35.03");
        let shown = |lights: &[pb::LightCount]| -> Vec<(pb::Light, i32, String)> {
            let paid = |light: &pb::LightCount| text(light.paid_yuan.as_ref()).to_owned();
            lights.iter().map(|light| (light.light(), light.count, paid(light))).collect()
        };
        let expected = [(pb::Light::Green, 1, "600.00".to_owned()), (pb::Light::Red, 1, "100.55".to_owned())];
        assert_eq!(shown(&whole.money_lights), expected);
        assert_eq!(shown(&whole.result_lights), [(pb::Light::Yellow, 2, "700.55".to_owned())]);
        let unit =
            client.get_rollup(county.bench.by(&county.rights, request(REGION, "219002"))).await?.into_inner();
        assert_eq!(text(unit.rollup.unwrap().paid_yuan.as_ref()), "100.55");
        let none =
            client.get_rollup(county.bench.by(&county.rights, request(REGION, "220"))).await?.into_inner();
        assert_eq!(none.rollup.unwrap().rate_percent, None);
        for beyond in ["640324000", "640000000"] {
            let answer = client.get_rollup(county.bench.by(&county.rights, request(beyond, ""))).await;
            assert_eq!(refusal(answer).0, Code::NotFound);
        }

        let list = pb::ListPositionsRequest { money_light: pb::Light::Red.into(), ..Default::default() };
        let red = client
            .list_positions(county.bench.by(&county.rights, list.clone()))
            .await?
            .into_inner()
            .positions;
        assert_eq!((red.len(), red[0].project.as_str()), (1, P2));
        let hidden = client.list_positions(county.bench.by(&neighbour(), list)).await?.into_inner();
        assert!(hidden.positions.is_empty());
        let both = pb::ListPositionsRequest {
            money_light: pb::Light::Red.into(),
            money_unlit: true,
            ..Default::default()
        };
        let both = client.list_positions(county.bench.by(&county.rights, both)).await.unwrap_err();
        assert_eq!(fields(&both), ["money_unlit"]);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}
