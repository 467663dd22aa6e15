//! Who calls in these tests, and how.

use hengji_application::SERVICE;
use hengji_proto::application::v1::annual_report_service_client::AnnualReportServiceClient;
use hengji_proto::application::v1::disclosure_service_client::DisclosureServiceClient;
use hengji_proto::application::v1::feedback_service_client::FeedbackServiceClient;
use hengji_proto::application::v1::linkage_service_client::LinkageServiceClient;
use hengji_proto::application::v1::unmet_explanation_service_client::UnmetExplanationServiceClient;
use hengji_proto::google::r#type::Date;
use hengji_rpc::{Fault, Link, Reason};
use hengji_testkit::{Bench, Database, Rights, databases};
use tonic::{Code, Status};

use crate::stand_ins::peers;
use crate::world::World;

pub const REGION: &str = "640323000";

const FINANCE: &[&str] = &[
    "application.read",
    "application.manage",
    "application.disclose",
    "application.report",
    "evaluation.read",
    "monitoring.read",
    "targets.read",
    "targets.hold",
    "catalog.read",
];

/// 财政绩效股
pub fn finance() -> Rights {
    Rights::of("fin-performance").from("regions/640323000/organizations/201").may(FINANCE, REGION)
}

/// 财政业务股室
pub fn line_office() -> Rights {
    Rights::of("fin-line")
        .from("regions/640323000/organizations/201")
        .may(&["application.read", "application.decide", "application.apply"], REGION)
}

/// 预算单位 219001
pub fn unit() -> Rights {
    Rights::of("unit").from("regions/640323000/organizations/219001").may_for_unit(
        &["application.read", "application.respond"],
        REGION,
        "219001",
    )
}

/// Somebody of the neighbouring county with every right there.
pub fn neighbour() -> Rights {
    let all = [FINANCE, &["application.respond", "application.decide", "application.apply"]].concat();
    Rights::of("neighbour").may(&all, "640324000")
}

/// One service with its world, on one database.
pub struct Stage {
    pub bench: Bench,
    pub world: World,
    database: Database,
}

pub async fn stages() -> Vec<Stage> {
    let mut stages = Vec::new();
    for database in databases().await.expect("databases") {
        eprintln!("on {}", database.label());
        let world = World::county();
        let bench = Bench::start(&SERVICE, &database, peers(&world)).await.expect("a bench");
        stages.push(Stage { bench, world, database });
    }
    stages
}

impl Stage {
    pub fn feedback(&self) -> FeedbackServiceClient<Link> {
        FeedbackServiceClient::new(self.bench.link())
    }

    pub fn linkage(&self) -> LinkageServiceClient<Link> {
        LinkageServiceClient::new(self.bench.link())
    }

    pub fn explanations(&self) -> UnmetExplanationServiceClient<Link> {
        UnmetExplanationServiceClient::new(self.bench.link())
    }

    pub fn disclosures(&self) -> DisclosureServiceClient<Link> {
        DisclosureServiceClient::new(self.bench.link())
    }

    pub fn reports(&self) -> AnnualReportServiceClient<Link> {
        AnnualReportServiceClient::new(self.bench.link())
    }

    pub async fn close(self) {
        self.bench.stop().await;
        self.database.remove().await.expect("the database goes");
    }
}

/// Code, reason and message of a refusal.
#[track_caller]
pub fn refused<T>(answer: Result<T, Status>, code: Code, reason: Reason) -> String {
    let status = answer.err().expect("a refusal");
    assert_eq!(status.code(), code, "{status:?}");
    let message = status.message().to_owned();
    assert_eq!(Fault::from(status).reason(), reason, "{message}");
    message
}

pub fn day(year: i32, month: i32, day: i32) -> Option<Date> {
    Some(Date { year, month, day })
}
