//! A county with one department, the services on monitoring's left as stand-ins with canned answers, and the calls the
//! tests make again and again.

mod stand_ins;

use hengji_monitoring::SERVICE;
use hengji_proto::google::r#type as google;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::allotment_service_client::AllotmentServiceClient;
use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
use hengji_proto::monitoring::v1::position_service_client::PositionServiceClient;
use hengji_proto::monitoring::v1::reading_service_client::ReadingServiceClient;
use hengji_rpc::Link;
use hengji_testkit::{Bench, Database, Rights, request_id};
use tonic::{Code, Status};
use tonic_types::StatusExt;

pub use stand_ins::{StandIns, assessment, link, project, target, target_name};

pub const REGION: &str = "640323000";
pub const P1: &str = "regions/640323000/years/2021/projects/P001";
pub const P2: &str = "regions/640323000/years/2021/projects/P002";
/// Its target is not approved.
pub const P3: &str = "regions/640323000/years/2021/projects/P003";

const ALL: &[&str] = &[
    "monitoring.read",
    "monitoring.issue",
    "monitoring.pay",
    "monitoring.report",
    "monitoring.correct",
    "monitoring.supervise",
    "monitoring.suspend",
];

/// Everything in the county.
pub fn county(account: &str) -> Rights {
    Rights::of(account).may(ALL, REGION)
}

/// The neighbouring county.
pub fn neighbour() -> Rights {
    Rights::of("neighbour").may(ALL, "640324000")
}

pub struct County {
    pub bench: Bench,
    pub stand_ins: StandIns,
    pub rights: Rights,
}

impl County {
    pub async fn start(database: &Database) -> anyhow::Result<Self> {
        let stand_ins = StandIns::new();
        let bench = Bench::start(&SERVICE, database, stand_ins.routes()).await?;
        Ok(Self { bench, stand_ins, rights: county("finance") })
    }

    /// As [`County::start`], with 600 of 1000 issued to P001 on 10 January.
    pub async fn with_money(database: &Database) -> anyhow::Result<Self> {
        let county = Self::start(database).await?;
        county.issue(P1, "A1", "600", "2021-01-10").await?;
        Ok(county)
    }

    pub fn link(&self) -> Link {
        self.bench.link()
    }

    pub async fn issue(
        &self,
        project: &str,
        id: &str,
        amount: &str,
        day: &str,
    ) -> Result<pb::Allotment, Status> {
        let request = issue_request(project, id, amount, day);
        let request = self.bench.by(&self.rights, request);
        let answer = AllotmentServiceClient::new(self.link()).issue_allotment(request).await?;
        Ok(answer.into_inner().allotment.unwrap())
    }

    pub async fn pay(&self, row: pb::PaymentRow) -> Result<pb::PaymentOutcome, Status> {
        self.pay_as(&self.rights, row).await
    }

    pub async fn pay_as(&self, rights: &Rights, row: pb::PaymentRow) -> Result<pb::PaymentOutcome, Status> {
        let request =
            pb::PostPaymentRequest { request_id: request_id(), payment: Some(row), ..Default::default() };
        let request = self.bench.by(rights, request);
        let answer = PaymentServiceClient::new(self.link()).post_payment(request).await?;
        Ok(answer.into_inner().outcome.unwrap())
    }

    pub async fn position(&self, project: &str, as_of: Option<&str>) -> Result<pb::Position, Status> {
        let request =
            pb::GetPositionRequest { project: project.into(), as_of: as_of.map(day), ..Default::default() };
        let request = self.bench.by(&self.rights, request);
        let answer = PositionServiceClient::new(self.link()).get_position(request).await?;
        Ok(answer.into_inner().position.unwrap())
    }

    pub async fn read(
        &self,
        object: &str,
        rows: Vec<pb::ReadingRow>,
    ) -> Result<pb::RecordReadingsResponse, Status> {
        let request = pb::RecordReadingsRequest {
            request_id: request_id(),
            project: object.into(),
            readings: rows,
            ..Default::default()
        };
        let request = self.bench.by(&self.rights, request);
        Ok(ReadingServiceClient::new(self.link()).record_readings(request).await?.into_inner())
    }
}

pub fn issue_request(project: &str, id: &str, amount: &str, date: &str) -> pb::IssueAllotmentRequest {
    pb::IssueAllotmentRequest {
        request_id: request_id(),
        validate_only: false,
        project: project.into(),
        allotment_id: id.into(),
        document: "财预〔2021〕8号".into(),
        amount_yuan: Some(yuan(amount)),
        issue_date: Some(day(date)),
        ..Default::default()
    }
}

pub fn row(voucher: &str, project: &str, amount: &str, date: &str) -> pb::PaymentRow {
    pb::PaymentRow {
        voucher: voucher.into(),
        project: project.into(),
        amount_yuan: Some(yuan(amount)),
        pay_date: Some(day(date)),
        payee: "收款单位".into(),
        note: "工程款".into(),
        ..Default::default()
    }
}

pub fn reading(code: &str, text: &str, date: &str) -> pb::ReadingRow {
    pb::ReadingRow {
        indicator_code: code.into(),
        value_text: text.into(),
        reading_date: Some(day(date)),
        ..Default::default()
    }
}

pub fn yuan(amount: &str) -> google::Decimal {
    google::Decimal { value: amount.into() }
}

pub fn day(text: &str) -> google::Date {
    let parts: Vec<i32> = text.split('-').map(|part| part.parse().unwrap()).collect();
    google::Date { year: parts[0], month: parts[1], day: parts[2] }
}

pub fn text(value: Option<&google::Decimal>) -> &str {
    value.map_or("", |value| &value.value)
}

/// Code and reason of a refusal.
pub fn refusal<T: std::fmt::Debug>(answer: Result<T, Status>) -> (Code, String) {
    let status = answer.expect_err("a refusal");
    let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
    (status.code(), reason)
}

/// The fields a refusal names.
pub fn fields(status: &Status) -> Vec<String> {
    let details = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
    details.into_iter().map(|violation| violation.field).collect()
}
