//! How far ex-ante assessments cover what they must (事前评估覆盖面), by count and by amount.

use hengji_kernel::{Decimal, Grade, Money};
use hengji_rules::exact;
use hengji_rules::pack::RoundingMode;

/// Projects alike in whether an assessment is demanded and in its grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Assessed {
    pub(crate) required: bool,
    /// None while no assessment is concluded.
    pub(crate) grade: Option<Grade>,
    pub(crate) count: i64,
    pub(crate) requested: Money,
    pub(crate) cut: Money,
}

/// Some projects together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Share {
    pub(crate) count: i64,
    pub(crate) requested: Money,
    pub(crate) cut: Money,
}

impl Share {
    fn of<'a>(rows: impl Iterator<Item = &'a Assessed>) -> Self {
        rows.fold(Self::default(), |share, row| Self {
            count: share.count + row.count,
            requested: share.requested + row.requested,
            cut: share.cut + row.cut,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Coverage {
    pub(crate) required: Share,
    /// Required and concluded.
    pub(crate) assessed: Share,
    /// Concluded without having to be.
    pub(crate) voluntary: Share,
    /// Everything concluded, best grade first.
    pub(crate) grades: [(Grade, Share); 4],
    pub(crate) cut: Money,
}

impl Coverage {
    pub(crate) fn of(rows: &[Assessed]) -> Self {
        let share = |wanted: &dyn Fn(&Assessed) -> bool| Share::of(rows.iter().filter(|row| wanted(row)));
        Self {
            required: share(&|row| row.required),
            assessed: share(&|row| row.required && row.grade.is_some()),
            voluntary: share(&|row| !row.required && row.grade.is_some()),
            grades: Grade::ALL.map(|grade| (grade, share(&|row| row.grade == Some(grade)))),
            cut: share(&|_| true).cut,
        }
    }

    pub(crate) fn count_percent(&self) -> Option<Decimal> {
        percent(self.assessed.count.into(), self.required.count.into())
    }

    pub(crate) fn amount_percent(&self) -> Option<Decimal> {
        percent(self.assessed.requested.yuan(), self.required.requested.yuan())
    }
}

/// Two decimals, half up; none of nothing.
fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    let share = part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)?;
    Some(exact::round(share, 2, RoundingMode::HalfUp))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_is_a_share_of_what_must_be_assessed() {
        let row = |required, grade, count, yuan: i64, cut: i64| Assessed {
            required,
            grade,
            count,
            requested: Money::from_fen(yuan * 100),
            cut: Money::from_fen(cut * 100),
        };
        let coverage = Coverage::of(&[
            row(true, None, 1, 500, 0),
            row(true, Some(Grade::Excellent), 1, 1000, 0),
            row(true, Some(Grade::Good), 1, 1500, 100),
            row(false, Some(Grade::Good), 2, 70, 5),
            row(false, None, 9, 9000, 0),
        ]);
        assert_eq!((coverage.required.count, coverage.assessed.count, coverage.voluntary.count), (3, 2, 2));
        assert_eq!(coverage.count_percent().unwrap().to_string(), "66.67");
        assert_eq!(coverage.amount_percent().unwrap().to_string(), "83.33");
        assert_eq!(
            coverage.grades[1].1,
            Share { count: 3, requested: Money::from_fen(157_000), cut: Money::from_fen(10_500) }
        );
        assert_eq!(coverage.cut.to_string(), "105.00");
        assert_eq!(Coverage::of(&[]).count_percent(), None);
    }
}
