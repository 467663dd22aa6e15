//! What time alone brings about happens once, whoever looks.

use std::collections::HashMap;
use std::sync::Arc;

use hengji_kernel::{FixedClock, SystemIds, Timestamp};
use hengji_monitoring::{Timekeeper, Turned};
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::corrective_action_service_client::CorrectiveActionServiceClient;
use hengji_rpc::{Acts, Peers};
use hengji_testkit::{Database, databases, request_id};

use crate::lights::news;
use crate::support::*;

/// Noon in China.
const SEPTEMBER_30: Timestamp = Timestamp(1_632_974_400_000_000);
const NOVEMBER_12: Timestamp = Timestamp(1_636_689_600_000_000);
const NOVEMBER_15: Timestamp = Timestamp(1_636_948_800_000_000);
const JANUARY_2023: Timestamp = Timestamp(1_673_755_200_000_000);

/// A replica of its own on the county's database, whose clock is set by hand.
async fn replica(
    county: &County,
    database: &Database,
    at: Timestamp,
) -> anyhow::Result<(Timekeeper, Arc<FixedClock>)> {
    let clock = Arc::new(FixedClock::at(at));
    let acts = Acts {
        db: database.open("monitoring").await?,
        clock: Arc::clone(&clock) as Arc<dyn hengji_kernel::Clock>,
        ids: Arc::new(SystemIds),
    };
    let links = county.stand_ins.routes().into_iter().map(|(name, routes)| (name, link(routes)));
    let keeper = Timekeeper::new(acts, &Peers::new(links.collect::<HashMap<_, _>>()));
    Ok((keeper.map_err(|fault| anyhow::anyhow!("{fault}"))?, clock))
}

async fn turn(keeper: &Timekeeper) -> anyhow::Result<Turned> {
    keeper.turn().await.map_err(|fault| anyhow::anyhow!("{fault}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_light_turns_with_the_day_once_however_many_replicas_look() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        county.issue(P2, "A2", "600", "2021-01-10").await?;
        county.pay(row("V1", P1, "300", "2021-03-31")).await?;
        county.pay(row("V2", P2, "600", "2021-07-31")).await?;
        let standing = county.position(P1, None).await?;
        assert_eq!(standing.money_light(), pb::Light::Green);

        let (one, clock) = replica(&county, &database, JANUARY_2023).await?;
        assert_eq!(turn(&one).await?, Turned::default(), "the year is closed, on {}", database.label());
        clock.set(SEPTEMBER_30);
        let (other, _) = replica(&county, &database, SEPTEMBER_30).await?;
        let (ours, theirs) = tokio::join!(turn(&one), turn(&other));
        let lights = ours?.lights + theirs?.lights;
        let turned = county.position(P1, None).await?;
        assert_eq!(turned.money_light(), pb::Light::Red, "75 % expected, 30 % paid");
        assert_eq!(turned.as_of, Some(day("2021-09-30")));
        let slow = pb::WarningClass::SlowExecution;
        assert!(turned.warnings.iter().any(|warning| warning.class() == slow));
        let mut counted = 0;
        for kind in ["light.changed", "indicator_light.changed", "warning.changed"] {
            counted += told(&county, kind).await?;
        }
        assert_eq!(lights, counted, "each change is told once, on {}", database.label());
        assert_eq!((turn(&one).await?, turn(&other).await?), Default::default());
        assert_eq!(county.position(P1, None).await?.etag, turned.etag);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

/// How often the timekeepers told of this.
async fn told(county: &County, kind: &str) -> anyhow::Result<usize> {
    let entries = news(county, kind).await?;
    Ok(entries.iter().filter(|entry| entry.method == "time/turn").count())
}

#[tokio::test]
async fn an_overdue_correction_is_brought_before_the_superior_by_the_rule() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let mut client = CorrectiveActionServiceClient::new(county.link());
        let open = pb::OpenCorrectiveActionRequest {
            request_id: request_id(),
            project: P1.into(),
            action_id: "C1".into(),
            finding: "执行进度滞后".into(),
            due_date: Some(day("2021-10-29")),
            ..Default::default()
        };
        client.open_corrective_action(county.bench.by(&county.rights, open)).await?;
        let action = async || {
            let name = "regions/640323000/years/2021/correctiveActions/C1".into();
            let request = county.bench.by(&county.rights, pb::GetCorrectiveActionRequest { name });
            let answer = client.clone().get_corrective_action(request).await?.into_inner();
            anyhow::Ok(answer.corrective_action.unwrap_or_default())
        };
        let (keeper, clock) = replica(&county, &database, NOVEMBER_12).await?;
        assert_eq!(turn(&keeper).await?.escalations, 0, "the tenth working day is not over");
        clock.set(NOVEMBER_15);
        assert_eq!(turn(&keeper).await?.escalations, 1, "{}", database.label());
        assert_eq!(turn(&keeper).await?.escalations, 0);
        let brought = action().await?.escalations;
        assert_eq!(brought.len(), 1);
        assert_eq!(brought[0].organization, "regions/640323000/organizations/219");
        assert_eq!(brought[0].escalate_date, Some(day("2021-11-15")));
        assert!(brought[0].reason.contains("10 个工作日"), "{}", brought[0].reason);
        assert_eq!(told(&county, "corrective_action.escalated").await?, 1);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}
