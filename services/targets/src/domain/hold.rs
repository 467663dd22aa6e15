use hengji_kernel::{FiscalYear, RegionCode, Timestamp, UnitCode, name};
use serde::{Deserialize, Serialize};

use super::ProjectStanding;
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HoldState {
    /// 有效
    Standing,
    /// 已解除
    Released,
}

/// A filing hold (申报限制) on a project code from one budget year on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hold {
    pub(crate) region: RegionCode,
    /// The first year it blocks.
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    pub(crate) project_code: String,
    pub(crate) unit: UnitCode,
    pub(crate) cause: String,
    pub(crate) authority: String,
    pub(crate) state: HoldState,
    pub(crate) release_reason: String,
    /// Account that placed it.
    #[serde(default)]
    pub(crate) placed_by: String,
    #[serde(default)]
    pub(crate) released: Option<Released>,
}

/// Who lifted a hold, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Released {
    pub(crate) by: String,
    pub(crate) at: Timestamp,
}

impl Hold {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "holds", &self.id)
    }

    /// True for the year it was placed on and every later one, until it is released.
    pub(crate) fn blocks(&self, project: &ProjectStanding) -> bool {
        self.state == HoldState::Standing
            && self.region == project.region
            && self.project_code == project.code
            && self.year <= project.year
    }

    pub(crate) fn release(&mut self, reason: &str, by: &str, at: Timestamp) -> Result<(), Refusal> {
        if self.state == HoldState::Released {
            return Err(Refusal::HoldReleased(self.resource_name()));
        }
        self.state = HoldState::Released;
        reason.clone_into(&mut self.release_reason);
        self.released = Some(Released { by: by.to_owned(), at });
        Ok(())
    }
}

#[cfg(test)]
pub(super) fn sample(year: i32) -> Hold {
    let project = super::sample::project();
    Hold {
        region: project.region,
        year: year.try_into().unwrap(),
        id: "H1".into(),
        project_code: project.code,
        unit: project.unit,
        cause: "上年绩效目标未完成且未说明原因".into(),
        authority: "财政局".into(),
        state: HoldState::Standing,
        release_reason: String::new(),
        placed_by: "accounts/application".into(),
        released: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_its_year_and_later_ones_until_released() {
        let project = super::super::sample::project().standing(); // of 2022
        for (year, blocked) in [(2021, true), (2022, true), (2023, false)] {
            assert_eq!(sample(year).blocks(&project), blocked, "{year}");
        }
        let mut hold = sample(2021);
        hold.project_code = "P002".into();
        assert!(!hold.blocks(&project));
        let mut hold = sample(2021);
        hold.release("已说明原因", "accounts/finance", Timestamp(1)).unwrap();
        assert!(!hold.blocks(&project));
        assert!(matches!(
            hold.release("again", "accounts/other", Timestamp(2)),
            Err(Refusal::HoldReleased(_))
        ));
    }
}
