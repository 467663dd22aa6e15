use hengji_kernel::{Date, RegionCode, UnitCode};
use serde::{Deserialize, Serialize};

use super::{Stage, Target};
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DelegationState {
    /// 有效
    Standing,
    /// 已撤销
    Revoked,
}

/// A reviewer's dated permission for somebody else to decide in their place (委托审核).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delegation {
    pub(crate) region: RegionCode,
    pub(crate) id: String,
    pub(crate) stage: Stage,
    pub(crate) delegator: String,
    pub(crate) delegate: String,
    /// Its subtree; the whole region if none.
    pub(crate) unit: Option<UnitCode>,
    pub(crate) from: Date,
    /// The last day.
    pub(crate) to: Date,
    pub(crate) reason: String,
    pub(crate) state: DelegationState,
}

impl Delegation {
    /// From the first to the last day.
    pub(crate) const LONGEST_DAYS: i64 = 366;

    pub(crate) fn resource_name(&self) -> String {
        format!("regions/{}/reviewDelegations/{}", self.region, self.id)
    }

    /// Refuses what could never be used or would outlive its occasion.
    pub(crate) fn demand_sound(&self, today: Date) -> Result<(), Refusal> {
        let wrong = |field: &str, message: &str| Err(Refusal::Field(field.into(), message.into()));
        if self.delegate == self.delegator {
            return wrong("delegate", "不能委托给本人");
        }
        if self.to < self.from || self.to < today {
            return wrong("to_date", "不得早于起始日或今天");
        }
        if self.to.days_since(self.from) > Self::LONGEST_DAYS {
            return wrong("to_date", "委托期限不得超过 366 天");
        }
        Ok(())
    }

    /// Whether `account` may decide on `target` at `stage` today.
    pub(crate) fn demand_covers(
        &self,
        target: &Target,
        stage: Stage,
        account: &str,
        today: Date,
    ) -> Result<(), Refusal> {
        let unit_fits = self.unit.as_ref().is_none_or(|unit| unit.contains(&target.object.unit));
        let covers = self.state == DelegationState::Standing
            && self.delegate == account
            && self.stage == stage
            && self.region == target.region
            && unit_fits
            && (self.from..=self.to).contains(&today);
        if covers { Ok(()) } else { Err(Refusal::DelegationUnfit(self.resource_name())) }
    }

    pub(crate) fn revoke(&mut self, account: &str) -> Result<(), Refusal> {
        if self.delegator != account {
            return Err(Refusal::NotDelegator);
        }
        if self.state == DelegationState::Revoked {
            return Err(Refusal::DelegationUnfit(self.resource_name()));
        }
        self.state = DelegationState::Revoked;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    fn delegation() -> Delegation {
        Delegation {
            region: sample::region(),
            id: "D1".into(),
            stage: Stage::Finance,
            delegator: "accounts/chief".into(),
            delegate: "accounts/deputy".into(),
            unit: Some("219".parse().unwrap()),
            from: "2022-03-01".parse().unwrap(),
            to: "2022-03-31".parse().unwrap(),
            reason: "出差".into(),
            state: DelegationState::Standing,
        }
    }

    #[test]
    fn covers_its_days_its_stage_its_units_and_its_delegate_only() {
        type Change = fn(&mut Delegation);
        let good = ["2022-03-01", "2022-03-31"];
        for day in good {
            let today = day.parse().unwrap();
            delegation().demand_covers(&sample::target(), Stage::Finance, "accounts/deputy", today).unwrap();
        }
        let other: [Change; 6] = [
            |one| one.stage = Stage::Department,
            |one| one.delegate = "accounts/other".into(),
            |one| one.unit = Some("220".parse().unwrap()),
            |one| one.region = "640324000".parse().unwrap(),
            |one| one.to = "2022-03-14".parse().unwrap(),
            |one| one.revoke("accounts/chief").unwrap(),
        ];
        for (index, change) in other.into_iter().enumerate() {
            let mut one = delegation();
            change(&mut one);
            let today = "2022-03-15".parse().unwrap();
            let found = one.demand_covers(&sample::target(), Stage::Finance, "accounts/deputy", today);
            assert!(found.is_err(), "case {index}");
        }
    }

    #[test]
    fn is_for_somebody_else_for_a_year_at_most_and_ended_by_its_delegator() {
        let today: Date = "2022-03-01".parse().unwrap();
        delegation().demand_sound(today).unwrap();
        let own = Delegation { delegate: "accounts/chief".into(), ..delegation() };
        let backwards = Delegation { to: "2022-02-28".parse().unwrap(), ..delegation() };
        let endless = Delegation { to: "2023-03-03".parse().unwrap(), ..delegation() };
        for (bad, field) in [(own, "delegate"), (backwards, "to_date"), (endless, "to_date")] {
            assert!(matches!(bad.demand_sound(today), Err(Refusal::Field(found, _)) if found == field));
        }
        assert!(delegation().demand_sound("2022-04-01".parse().unwrap()).is_err());
        assert_eq!(delegation().revoke("accounts/deputy"), Err(Refusal::NotDelegator));
        let mut revoked = delegation();
        revoked.revoke("accounts/chief").unwrap();
        assert!(matches!(revoked.revoke("accounts/chief"), Err(Refusal::DelegationUnfit(_))));
    }
}
