use super::*;
use crate::fixture::{decimal, effective};
use crate::word::ObjectType;

const ITEMS: [(&str, &str); 8] = [
    ("规范完整性", "10"),
    ("明确清晰性", "10"),
    ("目标相关性", "15"),
    ("指标科学性", "15"),
    ("绩效合理性", "15"),
    ("资金匹配性", "15"),
    ("实现可能性", "10"),
    ("条件充分性", "10"),
];

fn lost(lost: &str) -> Vec<ItemPoints> {
    let mut points: Vec<_> = ITEMS
        .iter()
        .map(|(item, points)| ItemPoints { item: (*item).into(), points: decimal(points) })
        .collect();
    let mut rest = decimal(lost);
    for given in &mut points {
        let cut = rest.min(given.points);
        given.points -= cut;
        rest -= cut;
    }
    points
}

#[test]
fn points_decide_who_goes_on() {
    let pack = effective(ObjectType::Project);
    for (points, decision) in [
        ("10", Decision::Pass),
        ("10.01", Decision::CorrectInPlace),
        ("20.01", Decision::Return),
        ("40.01", Decision::Reject),
    ] {
        assert_eq!(grade(&lost(points), &pack).unwrap().decision, decision, "{points} lost");
    }
}

#[test]
fn six_of_eight_marks_decide_the_qualitative_grade() {
    let pack = effective(ObjectType::Project);
    let marked = |marks: [Grade; 8]| {
        let marks: Vec<_> = ITEMS
            .iter()
            .zip(marks)
            .map(|((item, _), mark)| ItemMark { item: (*item).into(), mark })
            .collect();
        grade_by_marks(&marks, &pack).unwrap().grade
    };
    use Grade::{Excellent as E, Fair as F, Good as G, Poor as P};
    assert_eq!(marked([E, E, E, E, E, E, G, G]), E);
    assert_eq!(marked([E, E, E, E, E, E, E, F]), G);
    assert_eq!(marked([E, E, E, E, E, E, E, P]), F);
    assert_eq!(marked([G, G, G, G, G, F, F, F]), F);
    assert_eq!(marked([G, G, G, F, F, P, P, P]), P);
}

#[test]
fn refuses_missing_unknown_and_excessive_items_together() {
    let mut points = lost("0");
    points[0].points = decimal("11");
    points[1].item = "其他".into();
    let pack = effective(ObjectType::Project);
    let rules: Vec<_> = grade(&points, &pack).unwrap_err().into_iter().map(|refusal| refusal.rule).collect();
    assert_eq!(rules, ["review.item", "review.unknown_item", "review.points"]);
}
