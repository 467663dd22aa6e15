use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::word::Operator;

fn number(text: &str) -> (Option<Operator>, String, Option<String>) {
    match read(text) {
        Ok(Reading::Number(measure)) => (measure.operator, measure.value.to_string(), measure.unit),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn reads_numbers_as_people_print_them() {
    let unit = |unit: &str| Some(unit.to_owned());
    for (text, expected) in [
        ("≥90%", (Some(Operator::Ge), "90", unit("%"))),
        (">= 98 %(百分比)", (Some(Operator::Ge), "98", unit("%"))),
        ("＝12次", (Some(Operator::Eq), "12", unit("次"))),
        ("≦90万元", (Some(Operator::Le), "90", unit("万元"))),
        ("═100%", (Some(Operator::Eq), "100", unit("%"))),
        ("88%", (None, "88", unit("%"))),
        ("１，２３４．５元", (None, "1234.5", unit("元"))),
        ("不低于95％", (Some(Operator::Ge), "95", unit("%"))),
        ("100人以上", (Some(Operator::Ge), "100", unit("人"))),
        ("≥530元/人*月", (Some(Operator::Ge), "530", unit("元/人*月"))),
        ("≥100百分比", (Some(Operator::Ge), "100", unit("%"))),
        ("-5%", (None, "-5", unit("%"))),
        ("百分之90", (None, "90", unit("%"))),
        ("90%(含)以上", (Some(Operator::Ge), "90", unit("%"))),
        ("≥25㎡", (Some(Operator::Ge), "25", unit("㎡"))),
        ("1000000000000000000元", (None, "1000000000000000000", unit("元"))),
        ("0.0000000000000000000000000001", (None, "0.0000000000000000000000000001", None)),
    ] {
        assert_eq!(number(text), (expected.0, expected.1.to_owned(), expected.2), "{text}");
    }
}

#[test]
fn reads_ranges() {
    let Ok(Reading::Number(range)) = read("80%~90%") else { panic!("no range") };
    assert_eq!(
        (range.operator, range.value, range.high),
        (Some(Operator::Range), Decimal::from(80), Some(Decimal::from(90)))
    );
    assert_eq!(read("90-80").unwrap_err().rule, "value.range_order");
}

#[test]
fn reads_chinese_dates() {
    let deadline = |text: &str| match read(text) {
        Ok(Reading::Deadline { by }) => by.to_string(),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(deadline("2021年12月底前"), "2021-12-31");
    assert_eq!(deadline("2021年11月30日前完成"), "2021-11-30");
    assert_eq!(deadline("2021-12-31"), "2021-12-31");
    let Ok(Reading::Period { from, to }) = read("2021年12月完成") else { panic!("no period") };
    assert_eq!((from.to_string(), to.to_string()), ("2021-12-01".into(), "2021-12-31".into()));
    let year = 2020.try_into().unwrap();
    assert!(
        matches!(read_in_year("2月底前", year), Ok(Reading::Deadline { by }) if by.to_string() == "2020-02-29")
    );
}

#[test]
fn refuses_what_can_be_read_in_two_ways() {
    for (text, rule) in [
        ("9月前", "value.no_year"),
        ("2021年9月前", "value.before"),
        ("±10%", "value.relative"),
        ("约40%", "value.approximate"),
        ("12,34", "value.separator"),
        ("每年2次每次100人", "value.mixed"),
        ("2次100人", "value.many_numbers"),
        ("≥90%以下", "value.two_operators"),
        ("无", "value.none"),
        ("2021年13月", "value.date"),
        ("1.2.3", "value.number"),
        ("1E+05", "value.scientific"),
        ("6-12月", "value.month_range"),
        ("5--", "value.mixed"),
        ("百分之九十五", "value.chinese_number"),
        ("±5%以内", "value.relative"),
        ("1/2", "value.many_numbers"),
        ("79228162514264337593543950336", "value.number"),
        ("0.00000000000000000000000000001", "value.number"),
    ] {
        assert_eq!(read(text).map_err(|refusal| refusal.rule), Err(rule.to_owned()), "{text}");
    }
}

#[test]
fn reads_words_and_blanks() {
    for text in ["好", "较好", "效果明显", "达成预期指标"] {
        assert_eq!(read(text), Ok(Reading::Words { text: text.into() }));
    }
    for text in ["", "  ", "—", "/"] {
        assert_eq!(read(text), Ok(Reading::Blank));
    }
}

#[test]
fn converts_between_units_of_one_base() {
    assert_eq!(factor("万元", "元"), Some(Decimal::from(10_000)));
    assert_eq!(factor("元", "万元"), Some(Decimal::new(1, 4)));
    assert_eq!(factor("千克", "克"), None);
    assert_eq!(factor("人", "户"), None);
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC{0,60}") {
        let _ = read(&text);
    }

    #[test]
    fn never_panics_on_value_like_text(text in "[≥≤><=＝±约0-9０-９,，.．%％万元年月日底前内~\\-至人次 ]{0,24}") {
        let _ = read(&text);
        let _ = read_in_year(&text, 2021.try_into().unwrap());
    }
}
