use hengji_kernel::{Date, FiscalYear, Money, RegionCode, UnitCode, name};
use serde::{Deserialize, Serialize};

use super::{Target, TargetState};
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AdditionState {
    /// 已申报
    Filed,
    /// 已批复
    Approved,
}

/// Mid-year money (年中追加) that brings its own target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Addition {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    pub(crate) project: String,
    pub(crate) unit: UnitCode,
    pub(crate) amount: Money,
    pub(crate) target: String,
    /// The target's version it was filed with.
    pub(crate) target_version: i32,
    pub(crate) reason: String,
    pub(crate) state: AdditionState,
    pub(crate) declarer: String,
    /// 批复日期; none until approved, and in those approved before it was kept.
    #[serde(default)]
    pub(crate) approve_date: Option<Date>,
}

impl Addition {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "additions", &self.id)
    }

    /// Approved once the target it brought, or a later version of it, is approved.
    pub(crate) fn approve(&mut self, approver: &str, target: &Target, day: Date) -> Result<(), Refusal> {
        if self.state == AdditionState::Approved {
            return Err(Refusal::AdditionApproved(self.resource_name()));
        }
        if self.declarer == approver {
            return Err(Refusal::DeclarerApprovesAddition);
        }
        if target.state != TargetState::Approved || target.target_version < self.target_version {
            return Err(Refusal::TargetRequired(self.target.clone(), "随同申报的绩效目标尚未批复"));
        }
        self.state = AdditionState::Approved;
        self.approve_date = Some(day);
        Ok(())
    }

    pub(crate) fn approval_day(&self, said: Option<Date>, today: Date) -> Result<Date, Refusal> {
        approval_day(self.year, said, today)
    }
}

/// The day mid-year money counts from (批复日期): as said, otherwise today; a day of the budget year.
pub(super) fn approval_day(year: FiscalYear, said: Option<Date>, today: Date) -> Result<Date, Refusal> {
    let field = |rule: &str| Refusal::Field("approve_date".into(), rule.into());
    let day = |month, day| Date::new(year.number(), month, day).map_err(|no| field(&no.message));
    let (first, last) = (day(1, 1)?, day(12, 31)?);
    match said {
        None => Ok(today.clamp(first, last)),
        Some(said) if said > today => Err(field("在今天之后")),
        Some(said) if said < first || said > last => Err(field("不在预算年度内")),
        Some(said) => Ok(said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    fn addition(version: i32) -> Addition {
        let project = sample::project();
        Addition {
            region: project.region.clone(),
            year: project.year,
            id: "A1".into(),
            project: project.resource_name(),
            unit: project.unit.clone(),
            amount: "1000".parse().unwrap(),
            target: sample::target().resource_name(),
            target_version: version,
            reason: "水毁修复".into(),
            state: AdditionState::Filed,
            declarer: sample::DECLARER.into(),
            approve_date: None,
        }
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn counts_from_a_day_of_its_year_that_has_come() {
        let addition = addition(1);
        let year = addition.year.number();
        let of_year = |rest: &str| day(&format!("{year}-{rest}"));
        let days = |said: Option<Date>, today: Date| addition.approval_day(said, today).ok();
        assert_eq!(days(None, of_year("07-01")), Some(of_year("07-01")));
        assert_eq!(days(None, day("2031-07-01")), Some(of_year("12-31")));
        assert_eq!(days(None, day("2001-07-01")), Some(of_year("01-01")));
        assert_eq!(days(Some(of_year("06-30")), of_year("07-01")), Some(of_year("06-30")));
        assert_eq!(days(Some(of_year("07-02")), of_year("07-01")), None);
        assert_eq!(days(Some(day("2001-12-31")), of_year("07-01")), None);
        assert_eq!(days(Some(day("2031-01-01")), day("2031-07-01")), None);
    }

    #[test]
    fn refuses_money_before_its_target_is_approved() {
        let cases = [
            (TargetState::Submitted, 1, false),
            (TargetState::FinanceReviewed, 1, false),
            (TargetState::Adjusting, 2, false),
            (TargetState::Approved, 1, true),
            (TargetState::Approved, 2, true),
        ];
        for (state, version, passes) in cases {
            let mut target = sample::target();
            (target.state, target.target_version) = (state, version);
            let answer = addition(1).approve("accounts/approver", &target, day("2021-07-01"));
            assert_eq!(answer.is_ok(), passes, "{state:?} {version}: {answer:?}");
        }
    }

    #[test]
    fn refuses_its_own_declarer_and_a_second_approval() {
        let mut target = sample::target();
        target.state = TargetState::Approved;
        let (mut addition, on) = (addition(1), day("2021-07-01"));
        assert_eq!(addition.approve(sample::DECLARER, &target, on), Err(Refusal::DeclarerApprovesAddition));
        addition.approve("accounts/approver", &target, on).unwrap();
        assert!(matches!(
            addition.approve("accounts/approver", &target, on),
            Err(Refusal::AdditionApproved(_))
        ));
    }
}
