//! Asked of monitoring: where projects stand.

use futures::{StreamExt, TryStreamExt, stream};
use hengji_kernel::{Date, FiscalYear, RegionCode};
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::position_service_client::PositionServiceClient;
use hengji_rpc::{Call, Fault, Link, convert};

use super::{LARGEST_ANSWER, PAGE_OF_LARGE, Peers, decimal, every_page, money};
use crate::domain::facts::{Light, Position};

/// Positions of a past date are asked one by one, so many at a time.
const AT_ONCE: usize = 8;

impl Peers {
    fn position_client(&self) -> PositionServiceClient<Link> {
        PositionServiceClient::new(self.monitoring.clone()).max_decoding_message_size(LARGEST_ANSWER)
    }

    /// All positions of a region subtree and year, as they stand now.
    pub(crate) async fn positions(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
    ) -> Result<Vec<Position>, Fault> {
        let request = pb::ListPositionsRequest {
            region: region.to_string(),
            year: year.number(),
            page_size: PAGE_OF_LARGE,
            ..Default::default()
        };
        let mut client = self.position_client();
        let positions = every_page!(client, call, list_positions(request) -> positions);
        positions.into_iter().map(position).collect()
    }

    /// The same, counting what is dated up to a day.
    pub(crate) async fn positions_as_of(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
        day: Date,
    ) -> Result<Vec<Position>, Fault> {
        let now = self.positions(call, region, year).await?;
        let then = now.into_iter().map(|position| async move {
            let request = pb::GetPositionRequest {
                project: position.project,
                as_of: Some(convert::date(day)),
                ..Default::default()
            };
            let answer = self.position_client().get_position(call.onward(request)).await?.into_inner();
            self::position(answer.position.unwrap_or_default())
        });
        stream::iter(then).buffered(AT_ONCE).try_collect().await
    }
}

fn position(position: pb::Position) -> Result<Position, Fault> {
    Ok(Position {
        budget: money(position.budget_yuan.as_ref())?,
        allotted: money(position.allotted_yuan.as_ref())?,
        paid: money(position.paid_yuan.as_ref())?,
        rate: decimal(position.rate_percent.as_ref())?,
        money_light: light(position.money_light),
        result_light: light(position.result_light),
        name: position.name,
        project: position.project,
        title: position.title,
        unit: position.unit,
    })
}

fn light(number: i32) -> Option<Light> {
    match pb::Light::try_from(number).ok()? {
        pb::Light::Unspecified => None,
        pb::Light::Green => Some(Light::Green),
        pb::Light::Yellow => Some(Light::Yellow),
        pb::Light::Red => Some(Light::Red),
    }
}
