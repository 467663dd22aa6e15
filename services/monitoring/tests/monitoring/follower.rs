//! News of targets is taken in once, whole, and from where it was left.

use std::collections::HashMap;
use std::sync::Arc;

use hengji_kernel::{FixedClock, SystemIds, Timestamp};
use hengji_monitoring::Follower;
use hengji_proto::common::v1::JournalEntry;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::condition_service_client::ConditionServiceClient;
use hengji_proto::targets::v1 as targets;
use hengji_rpc::{Acts, Peers};
use hengji_testkit::{Database, databases, request_id};
use tonic::Code;

use crate::support::*;

const ASSESSMENT: &str = "regions/640323000/years/2021/exAnteAssessments/E4";

fn entry(position: i64, kind: &str, subject: &str) -> JournalEntry {
    JournalEntry { position, kind: kind.into(), subject: subject.into(), ..Default::default() }
}

/// A follower on the county's database, driven by hand.
async fn follower(county: &County, database: &Database) -> anyhow::Result<Follower> {
    let acts = Acts {
        db: database.open("monitoring").await?,
        clock: Arc::new(FixedClock::at(Timestamp(1_633_060_800_000_000))),
        ids: Arc::new(SystemIds),
    };
    let links = county.stand_ins.routes().into_iter().map(|(name, routes)| (name, link(routes)));
    let follower = Follower::new(acts, &Peers::new(links.collect::<HashMap<_, _>>()));
    follower.map_err(|fault| anyhow::anyhow!("{}", fault.message()))
}

async fn take_in(follower: &Follower, entry: &JournalEntry) -> anyhow::Result<bool> {
    let taken = follower.take_in(entry, &entry.position.to_string()).await;
    taken.map_err(|fault| anyhow::anyhow!("{}", fault.message()))
}

async fn conditions(county: &County) -> anyhow::Result<Vec<pb::MonitoredCondition>> {
    let request = county.bench.by(&county.rights, pb::ListConditionsRequest::default());
    Ok(ConditionServiceClient::new(county.link()).list_conditions(request).await?.into_inner().conditions)
}

#[tokio::test]
async fn a_newly_approved_version_becomes_the_baseline_and_moves_the_lights() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let follower = follower(&county, &database).await?;
        county.pay(row("V1", P1, "600", "2021-12-31")).await?;
        county
            .read(P1, vec![reading("1", "72公里", "2021-12-31"), reading("2", "96%", "2021-12-31")])
            .await?;
        assert_eq!(county.position(P1, None).await?.result_light(), pb::Light::Red);

        county.stand_ins.change(|canned| canned.approve(target(P1, 2, "72")));
        let approved = entry(1, "target.approved", &target_name(P1));
        assert!(take_in(&follower, &approved).await?);
        let position = county.position(P1, None).await?;
        assert_eq!((position.target_version, position.result_light()), (2, pb::Light::Green));
        assert_eq!(position.indicators[0].actual_text, "72公里");
        // told again, nothing happens again
        assert!(!take_in(&follower, &approved).await?);
        assert_eq!(county.position(P1, None).await?.etag, position.etag);
        // an indicator that was retired and left out of the new version is read no more; what stays in it is
        let unread = county.read(P1, vec![reading("2", "97%", "2021-12-31")]).await;
        assert!(unread.is_ok(), "{unread:?}");
        county.stand_ins.change(|canned| {
            let mut shorter = target(P1, 3, "72");
            shorter.indicators.retain(|indicator| indicator.code != "2");
            canned.approve(shorter);
        });
        assert!(take_in(&follower, &entry(2, "target.approved", &target_name(P1))).await?);
        let gone = county.read(P1, vec![reading("2", "97%", "2021-12-31")]).await.unwrap_err();
        assert_eq!(fields(&gone), ["readings[0].indicator_code"]);
        assert!(gone.message().contains("停用"), "{}", gone.message());
        // a project without money has no position yet
        assert!(take_in(&follower, &entry(3, "target.approved", &target_name(P2))).await?);
        assert_eq!(refusal(county.position(P2, None).await).0, Code::NotFound);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_reduction_lowers_the_budget_from_its_day_on() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let follower = follower(&county, &database).await?;
        let addition = "regions/640323000/years/2021/additions/B1";
        county.stand_ins.change(|canned| {
            let reduced =
                targets::Project { reduced_yuan: Some(yuan("200")), ..project(P1, "219001", "1000", "500") };
            canned.projects.insert(P1.into(), reduced);
            let added = targets::BudgetAddition {
                name: addition.into(),
                project: P1.into(),
                state: targets::AdditionState::Approved.into(),
                amount_yuan: Some(yuan("500")),
                approve_date: Some(day("2021-07-15")),
                ..Default::default()
            };
            canned.additions.insert(addition.into(), added);
            canned.reductions.push(targets::BudgetReduction {
                project: P1.into(),
                amount_yuan: Some(yuan("200")),
                approve_date: Some(day("2021-07-20")),
                ..Default::default()
            });
        });
        county.pay(row("V1", P1, "450", "2021-06-30")).await?;
        assert!(take_in(&follower, &entry(5, "addition.approved", addition)).await?);
        assert_eq!(text(county.position(P1, None).await?.budget_yuan.as_ref()), "1300.00");
        for (as_of, budget) in
            [("2021-07-14", "1000.00"), ("2021-07-19", "1500.00"), ("2021-07-20", "1300.00")]
        {
            let past = county.position(P1, Some(as_of)).await?;
            assert_eq!(text(past.budget_yuan.as_ref()), budget, "{as_of} on {}", database.label());
        }
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_addition_raises_the_budget() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let follower = follower(&county, &database).await?;
        let addition = "regions/640323000/years/2021/additions/B1";
        county.stand_ins.change(|canned| {
            canned.projects.insert(P1.into(), project(P1, "219001", "1000", "500"));
            let added = targets::BudgetAddition {
                name: addition.into(),
                project: P1.into(),
                state: targets::AdditionState::Approved.into(),
                amount_yuan: Some(yuan("500")),
                approve_date: Some(day("2021-07-15")),
                ..Default::default()
            };
            let filed = targets::BudgetAddition {
                state: targets::AdditionState::Filed.into(),
                approve_date: None,
                ..added.clone()
            };
            canned.additions.insert(addition.into(), added);
            canned.additions.insert("filed".into(), filed);
        });
        county.pay(row("V1", P1, "450", "2021-06-30")).await?;
        assert!(take_in(&follower, &entry(5, "addition.approved", addition)).await?);
        let position = county.position(P1, None).await?;
        assert_eq!(text(position.initial_yuan.as_ref()), "1000.00");
        assert_eq!(text(position.budget_yuan.as_ref()), "1500.00");
        county.issue(P1, "A2", "900", "2021-08-01").await?;
        // each day has its own figures: initial and adjusted budget, issued, paid, and the light they make
        for (as_of, budget, allotted, light) in [
            ("2021-06-30", "1000.00", "600.00", pb::Light::Green),
            ("2021-07-14", "1000.00", "600.00", pb::Light::Green),
            ("2021-07-15", "1500.00", "600.00", pb::Light::Red),
            ("2021-08-01", "1500.00", "1500.00", pb::Light::Red),
        ] {
            let past = county.position(P1, Some(as_of)).await?;
            let figures = [&past.initial_yuan, &past.budget_yuan, &past.allotted_yuan, &past.paid_yuan]
                .map(|yuan| text(yuan.as_ref()));
            assert_eq!(figures, ["1000.00", budget, allotted, "450.00"], "{as_of} on {}", database.label());
            assert_eq!(past.money_light(), light, "{as_of}");
        }
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn conditions_are_watched_until_their_proof_is_accepted() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        let follower = follower(&county, &database).await?;
        let supported = "regions/640323000/years/2021/exAnteAssessments/E5";
        county.stand_ins.change(|canned| {
            let amended = targets::ExAnteConclusion::SupportAfterAmendment;
            canned.assessments.insert(ASSESSMENT.into(), assessment(ASSESSMENT, amended));
            let support = assessment(supported, targets::ExAnteConclusion::Support);
            canned.assessments.insert(supported.into(), support);
        });
        assert!(take_in(&follower, &entry(1, "ex_ante.concluded", supported)).await?);
        assert!(conditions(&county).await?.is_empty());
        assert!(take_in(&follower, &entry(2, "ex_ante.concluded", ASSESSMENT)).await?);
        let open = conditions(&county).await?;
        assert_eq!(open[0].name, "regions/640323000/years/2021/conditions/E4-1");
        assert_eq!((open[0].state(), open[0].unit.as_str()), (pb::ConditionState::Open, "219001"));
        assert_eq!(open[0].due_date, Some(day("2021-06-30")));

        let mut client = ConditionServiceClient::new(county.link());
        let close = |etag: &str| pb::CloseConditionRequest {
            request_id: request_id(),
            name: open[0].name.clone(),
            etag: etag.into(),
            proof: "已细化并重新审核".into(),
            ..Default::default()
        };
        let hidden = client.close_condition(county.bench.by(&neighbour(), close(&open[0].etag))).await;
        assert_eq!(refusal(hidden).0, Code::NotFound);
        let closed =
            client.close_condition(county.bench.by(&county.rights, close(&open[0].etag))).await?.into_inner();
        let closed = closed.condition.unwrap();
        assert_eq!(closed.state(), pb::ConditionState::Closed);
        let again = client.close_condition(county.bench.by(&county.rights, close(&closed.etag))).await;
        assert_eq!(refusal(again), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        // told again under a new position, a closed condition stays closed
        assert!(take_in(&follower, &entry(9, "ex_ante.concluded", ASSESSMENT)).await?);
        let get = pb::GetConditionRequest { name: closed.name.clone() };
        let got = client.get_condition(county.bench.by(&county.rights, get)).await?.into_inner().condition;
        assert_eq!(got, Some(closed));
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_not_known_is_passed_over_and_what_is_away_is_asked_again() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        let follower = follower(&county, &database).await?;
        assert!(take_in(&follower, &entry(1, "target.renamed", "regions/x")).await?);
        assert!(
            take_in(&follower, &entry(2, "target.approved", "regions/640323000/years/2021/targets/gone"))
                .await?
        );
        county.stand_ins.change(|canned| canned.away = true);
        let approved = entry(3, "target.approved", &target_name(P1));
        assert!(take_in(&follower, &approved).await.is_err());
        county.stand_ins.change(|canned| canned.away = false);
        assert!(take_in(&follower, &approved).await?);
        assert!(!take_in(&follower, &entry(2, "target.approved", &target_name(P1))).await?);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_service_follows_by_itself_and_resumes_where_it_was() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        county.stand_ins.change(|canned| {
            let amended = targets::ExAnteConclusion::SupportAfterAmendment;
            canned.assessments.insert(ASSESSMENT.into(), assessment(ASSESSMENT, amended));
        });
        while !county.stand_ins.tell(entry(7, "ex_ante.concluded", ASSESSMENT)) {
            tokio::task::yield_now().await;
        }
        while conditions(&county).await?.is_empty() {
            tokio::task::yield_now().await;
        }
        let stand_ins = county.stand_ins.clone();
        county.bench.stop().await;
        let watchers = |stand_ins: &StandIns| stand_ins.change(|canned| canned.watched_from.clone());
        assert_eq!(watchers(&stand_ins), [""]);
        let again =
            hengji_testkit::Bench::start(&hengji_monitoring::SERVICE, &database, stand_ins.routes()).await?;
        while watchers(&stand_ins).len() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(watchers(&stand_ins)[1], "7");
        again.stop().await;
        database.remove().await?;
    }
    Ok(())
}
