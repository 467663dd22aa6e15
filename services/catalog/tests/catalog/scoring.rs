//! What-if scores.

use hengji_proto::catalog::v1 as pb;
use hengji_proto::common::v1::{Grade, ObjectKind};
use hengji_testkit::Bench;
use tonic::{Code, Status};

use crate::common::*;

fn row(code: &str, target: &str, actual: &str, weight: &str) -> pb::ScoreInput {
    pb::ScoreInput {
        code: code.into(),
        level1: "产出指标".into(),
        level2: "数量指标".into(),
        title: format!("指标{code}"),
        target_text: target.into(),
        actual_text: actual.into(),
        weight: decimal(weight),
        ..Default::default()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as a message field holds it")]
fn money(budget: &str, executed: &str) -> Option<pb::ScoreMoney> {
    Some(pb::ScoreMoney {
        initial_yuan: None,
        budget_yuan: decimal(budget),
        executed_yuan: decimal(executed),
    })
}

fn table(rows: Vec<pb::ScoreInput>) -> pb::ScoreTableRequest {
    pb::ScoreTableRequest {
        region: COUNTY.into(),
        date: date(2021, 12, 31),
        object_kind: ObjectKind::Project.into(),
        rule_packs: vec![],
        rows,
        money: money("1000", "875.50"),
    }
}

async fn score(bench: &Bench, request: pb::ScoreTableRequest) -> Result<pb::Scorecard, Status> {
    Ok(rule_packs(bench)
        .score_table(bench.by(&reader(), request))
        .await?
        .into_inner()
        .scorecard
        .unwrap_or_default())
}

fn text(value: Option<&hengji_proto::google::r#type::Decimal>) -> &str {
    value.map_or("", |value| value.value.as_str())
}

#[tokio::test]
async fn scores_a_table_and_explains_every_row() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?;
        let judged = pb::ScoreInput {
            given_score: decimal("38"),
            given_reason: "佐证不足".into(),
            ..row("B", "≥100个", "100个", "40")
        };
        let card = score(bench, table(vec![row("A", "≥90%", "81%", "50"), judged])).await?;
        assert_eq!((text(card.total.as_ref()), card.grade()), ("91.76", Grade::Excellent));
        let codes: Vec<_> = card.rows.iter().map(|row| row.code.as_str()).collect();
        assert_eq!(codes, ["A", "B", "execution"]);
        assert_eq!(text(card.rows[0].given_score.as_ref()), "45.00");
        assert_eq!(text(card.rows[1].computed_score.as_ref()), "40.00");
        assert_eq!(text(card.rows[1].given_score.as_ref()), "38");
        assert_eq!(card.rows[1].given_reason, "佐证不足");
        assert_eq!(text(card.rows[2].given_score.as_ref()), "8.76");
        let why = card.rows[0].explanation.as_ref().unwrap();
        assert_eq!(
            (why.steps[0].rule.as_str(), why.steps[0].rule_pack.as_str()),
            ("quantitative.at-least", "n")
        );
        assert_eq!(why.steps[0].arithmetic, "50 × 81 ÷ 90 = 45");
        let why = card.rows[2].explanation.as_ref().unwrap();
        assert_eq!(why.conclusion, "预算执行率 87.55%：8.76 分（分值 10）");
        assert!(card.explanation.unwrap().conclusion.contains("优"));
        assert!(card.findings.is_empty(), "{:?}", card.findings);
        assert_eq!(card.rule_pack_sha256.len(), 64);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn remarks_on_full_output_with_little_money_spent() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?;
        let request =
            pb::ScoreTableRequest { money: money("1000", "300"), ..table(vec![row("A", "≥9", "9", "90")]) };
        let card = score(bench, request).await?;
        assert_eq!((text(card.total.as_ref()), card.grade()), ("93.00", Grade::Excellent));
        assert_eq!(card.findings, ["执行率只有 30%，产出却全部得满分"]);
        let without =
            score(bench, pb::ScoreTableRequest { money: None, ..table(vec![row("A", "≥9", "9", "90")]) })
                .await?;
        assert_eq!((without.rows.len(), text(without.total.as_ref())), (1, "90.00"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn tries_a_draft_without_effect_and_only_where_it_applies() -> anyhow::Result<()> {
    on_each(async |bench| {
        let n = in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?.name;
        let trial = draft(bench, &overlay("try", COUNTY, "2021-01-01", "20")).await?.name;
        let later = draft(bench, &overlay("later", COUNTY, "2022-01-01", "20")).await?.name;
        let unfit = draft(bench, &overlay("unfit", COUNTY, "2021-01-01", "-1")).await?.name;
        let under = |names: &[&String]| pb::ScoreTableRequest {
            rule_packs: names.iter().map(ToString::to_string).collect(),
            ..table(vec![row("A", "≥9", "9", "80")])
        };
        let plain = score(bench, under(&[])).await?;
        let tried = score(bench, under(&[&n, &trial])).await?;
        assert_eq!(text(plain.total.as_ref()), "88.76");
        assert_eq!(text(tried.total.as_ref()), "97.51");
        assert_ne!(plain.rule_pack_sha256, tried.rule_pack_sha256);
        assert_eq!(score(bench, under(&[])).await?, plain);

        let refused = score(bench, under(&[&n, &later])).await.unwrap_err();
        assert_eq!(why(&refused), (Code::FailedPrecondition, "RULE_PACK_UNFIT".into()));
        assert_eq!(subjects(&refused), [later]);
        let refused = score(bench, under(&[&n, &unfit])).await.unwrap_err();
        assert_eq!(why(&refused), (Code::FailedPrecondition, "RULE_PACK_UNFIT".into()));
        assert_eq!(subjects(&refused), ["sections.execution.rule.weight"]);
        let refused = score(bench, under(&[&n, &"rulePacks/n@7".to_owned()])).await.unwrap_err();
        assert_eq!(why(&refused), (Code::InvalidArgument, "FIELD_INVALID".into()));
        assert_eq!(subjects(&refused), ["rule_packs[1]"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn refuses_what_cannot_be_scored_row_by_row() -> anyhow::Result<()> {
    on_each(async |bench| {
        let rows = || vec![row("A", "≥90%", "", "45"), row("B", "≥3", "2", "45")];
        let refused = score(bench, table(rows())).await.unwrap_err();
        assert_eq!(why(&refused), (Code::FailedPrecondition, "RULE_PACK_UNFIT".into()), "none in force");
        in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?;
        let refused = score(bench, pb::ScoreTableRequest { money: money("0", "1"), ..table(rows()) })
            .await
            .unwrap_err();
        assert_eq!(why(&refused), (Code::FailedPrecondition, "NOT_SCORABLE".into()));
        assert_eq!(subjects(&refused), ["A", "execution"]);

        let wrong = vec![
            pb::ScoreInput { weight: None, given_reason: "无".into(), ..row("A", "≥1", "1", "0") },
            pb::ScoreInput {
                share_percent: decimal("half"),
                direction: 7,
                title: String::new(),
                ..row("A", "", "", "1")
            },
            row("execution", "≥1", "1", "1"),
        ];
        let request = pb::ScoreTableRequest { money: money("1.234", "x"), ..table(wrong) };
        let refused = score(bench, request).await.unwrap_err();
        assert_eq!(why(&refused), (Code::InvalidArgument, "FIELD_INVALID".into()));
        let mut fields = subjects(&refused);
        fields.sort();
        assert_eq!(
            fields,
            [
                "money.budget_yuan",
                "money.executed_yuan",
                "rows[0].given_reason",
                "rows[0].weight",
                "rows[1].code",
                "rows[1].direction",
                "rows[1].share_percent",
                "rows[1].title",
                "rows[2].code",
            ]
        );
        Ok(())
    })
    .await
}
