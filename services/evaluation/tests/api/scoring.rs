//! Scoring: from baseline, readings and money as they stand, under the rules in force.

use hengji_proto::common::v1::Grade;
use hengji_proto::evaluation::v1 as pb;
use hengji_proto::google::r#type::Date;
use hengji_proto::monitoring::v1 as monitoring;
use hengji_proto::targets::v1 as targets;
use hengji_testkit::request_id;
use pb::EvaluationKind as Kind;
use tonic_types::StatusExt;

use crate::stage::*;
use crate::stand_ins::decimal;

fn given(code: &str) -> pb::GivenScore {
    pb::GivenScore { code: code.into(), ..Default::default() }
}

fn value(decimal: Option<&hengji_proto::google::r#type::Decimal>) -> &str {
    decimal.map(|decimal| decimal.value.as_str()).unwrap_or_default()
}

#[tokio::test]
async fn scores_what_was_reported_and_every_score_explains_itself() {
    for stage in stages().await {
        let task = stage.opened(&finance(), own_draft("S1")).await;
        let scored = stage.score(&unit("219001"), &task, vec![]).await.unwrap();
        assert_eq!(scored.state(), pb::TaskState::Scored);
        assert!(scored.target_missed);
        assert_eq!(value(scored.amount_yuan.as_ref()), "1200.00");
        assert_eq!(value(scored.executed_yuan.as_ref()), "1140.00");
        assert_eq!(scored.conclusion, "总体良好");
        let card = scored.scorecard.clone().unwrap();
        assert_eq!((value(card.total.as_ref()), card.grade()), ("89.50", Grade::Good));
        assert_eq!(card.explanation.as_ref().unwrap().conclusion, "总分 89.50，等级“良”");
        let rows: Vec<_> = card
            .rows
            .iter()
            .map(|row| {
                (row.code.as_str(), row.actual_text.as_str(), value(row.given_score.as_ref()), row.missed)
            })
            .collect();
        assert_eq!(
            rows,
            [
                ("A", "80次", "40.00", true),
                ("B", "8天", "40.00", false),
                ("execution", "全年执行数 1140.00 元，执行率 95%", "9.50", false),
            ]
        );
        for row in &card.rows {
            let explanation = row.explanation.as_ref().unwrap();
            assert!(explanation.text.contains("财预〔2021〕101号"), "{}", explanation.text);
            assert!(
                explanation
                    .steps
                    .iter()
                    .all(|step| step.rule_pack == "national-2021" && step.rule_pack_revision == 3)
            );
        }
        assert!(card.findings.iter().any(|found| found.contains("偏差原因")), "{:?}", card.findings);
        assert_eq!(card.rule_pack_sha256.len(), 64);
        let journal = stage.journal(&task.name).await;
        assert_eq!(journal, ["evaluation_task.opened", "evaluation_task.scored"]);
        stage.close().await;
    }
}

#[tokio::test]
async fn scores_again_as_things_stand_until_fixed() {
    for stage in stages().await {
        let unit = unit("219001");
        let task = stage.opened(&finance(), own_draft("S1")).await;
        let first = stage.score(&unit, &task, vec![]).await.unwrap();
        stage.others.report(&name("projects", "P001"), "A", "100次");
        let second = stage.score(&unit, &first, vec![]).await.unwrap();
        assert_eq!(value(second.scorecard.as_ref().unwrap().total.as_ref()), "99.50");
        assert!(!second.target_missed);
        let stale = stage.score(&unit, &first, vec![]).await.unwrap_err();
        assert_eq!(reason(&stale), "ETAG_MISMATCH");
        let fixed = stage.finalize(&unit, &second).await.unwrap();
        let refused = stage.score(&unit, &fixed, vec![]).await.unwrap_err();
        assert_eq!(refusal(&refused).1, "STATE_FORBIDS");
        stage.close().await;
    }
}

#[tokio::test]
async fn the_scorecard_carries_what_monitoring_had_corrected_and_with_what_effect() {
    for stage in stages().await {
        let ordered = |id: &str, project: &str, state: monitoring::CorrectiveActionState, effect: &str| {
            monitoring::CorrectiveAction {
                name: name("correctiveActions", id),
                project: name("projects", project),
                finding: "执行进度滞后".into(),
                state: state.into(),
                due_date: Some(Date { year: 2021, month: 10, day: 31 }),
                overdue: effect.is_empty(),
                effect: effect.into(),
                ..Default::default()
            }
        };
        use monitoring::CorrectiveActionState as State;
        stage.others.known().corrections.extend([
            ordered("C1", "P001", State::Closed, "年底执行率提高到 95%"),
            ordered("C2", "P001", State::Progressing, ""),
            ordered("C3", "P002", State::Noticed, ""),
        ]);
        let task = stage.opened(&finance(), own_draft("S1")).await;
        let unit = unit("219001");
        let scored = stage.score(&unit, &task, vec![]).await.unwrap();
        let card = scored.scorecard.clone().unwrap();
        assert_eq!(value(card.total.as_ref()), "89.50", "evidence changes no score");
        let told: Vec<_> = card
            .corrections
            .iter()
            .map(|one| (one.name.as_str(), one.state(), one.overdue, one.effect.as_str()))
            .collect();
        let [first, second] = ["C1", "C2"].map(|id| name("correctiveActions", id));
        assert_eq!(
            told,
            [
                (first.as_str(), State::Closed, false, "年底执行率提高到 95%"),
                (second.as_str(), State::Progressing, true, ""),
            ]
        );
        // as they stood when it was scored
        stage.others.known().corrections.clear();
        let fixed = stage.finalize(&unit, &scored).await.unwrap();
        assert_eq!(fixed.scorecard.unwrap().corrections, card.corrections);
        stage.close().await;
    }
}

#[tokio::test]
async fn an_adjusted_target_is_scored_by_its_approved_version() {
    for stage in stages().await {
        let present = (name("targets", "T002"), 0);
        stage.others.known().targets.get_mut(&present).unwrap().indicators =
            vec![indicator("NEW", targets::Operator::Ge, "≥1次", "90")];
        let task =
            stage.opened(&finance(), draft("S2", Kind::Self_, &name("projects", "P002"), "T002", "")).await;
        assert_eq!(task.target_version, 1);
        let scored = stage.score(&unit("219002"), &task, vec![]).await.unwrap();
        let codes: Vec<_> = scored.scorecard.unwrap().rows.into_iter().map(|row| row.code).collect();
        assert_eq!(codes, ["A", "B", "execution"]);
        stage.close().await;
    }
}

#[tokio::test]
async fn a_department_overall_is_scored_by_what_its_units_spent() {
    for stage in stages().await {
        let overall = draft("O1", Kind::DepartmentOverall, &organization("219"), "TD219", "");
        let task = stage.opened(&finance(), overall).await;
        let scored = stage.score(&finance(), &task, vec![]).await.unwrap();
        assert_eq!(scored.evaluator, organization("101"));
        assert_eq!(value(scored.amount_yuan.as_ref()), "2000.00");
        assert_eq!(value(scored.scorecard.unwrap().total.as_ref()), "87.70");
        stage.close().await;
    }
}

#[tokio::test]
async fn computed_and_given_stand_side_by_side() {
    for stage in stages().await {
        let task = stage.opened(&finance(), own_draft("S1")).await;
        let changed =
            pb::GivenScore { score: decimal("35.5"), reason: "佐证资料不全".into(), ..given("A") };
        let scored = stage.score(&unit("219001"), &task, vec![changed]).await.unwrap();
        let card = scored.scorecard.unwrap();
        let row = &card.rows[0];
        assert_eq!((value(row.computed_score.as_ref()), value(row.given_score.as_ref())), ("40.00", "35.5"));
        assert_eq!(row.given_reason, "佐证资料不全");
        assert_eq!(value(card.total.as_ref()), "85.00");
        stage.close().await;
    }
}

#[tokio::test]
async fn refuses_a_persons_part_that_breaks_a_rule_with_its_field() {
    for stage in stages().await {
        let task = stage.opened(&finance(), own_draft("S1")).await;
        let reasoned =
            |score: &str| pb::GivenScore { score: decimal(score), reason: "理由".into(), ..given("A") };
        let cases = [
            (pb::GivenScore { score: decimal("1"), ..given("A") }, "given_scores[0].reason"),
            (reasoned("1.234"), "given_scores[0].score"),
            (reasoned("很多"), "given_scores[0].score"),
            (given("Z"), "given_scores[0].code"),
            (pb::GivenScore { share_percent: decimal("80"), ..given("A") }, "given_scores[0].share_percent"),
            (pb::GivenScore { not_applicable: true, ..given("execution") }, "given_scores[0].not_applicable"),
        ];
        for (given, field) in cases {
            let status = stage.score(&unit("219001"), &task, vec![given]).await.unwrap_err();
            assert_eq!(refusal(&status), ("InvalidArgument".into(), "FIELD_INVALID".into(), field.into()));
        }
        let beyond = stage.score(&unit("219001"), &task, vec![reasoned("50.01")]).await.unwrap_err();
        assert_eq!(refusal(&beyond), ("FailedPrecondition".into(), "NOT_SCORABLE".into(), "A".into()));
        stage.close().await;
    }
}

#[tokio::test]
async fn problems_are_kept_and_each_has_its_own_id() {
    for stage in stages().await {
        let task = stage.opened(&finance(), own_draft("S1")).await;
        let problem = |id: &str, text: &str| pb::EvaluationProblem {
            problem_id: id.into(),
            text: text.into(),
            suggestion: "整改".into(),
        };
        let unit = unit("219001");
        let request = |problems| pb::ScoreEvaluationTaskRequest {
            request_id: request_id(),
            name: task.name.clone(),
            etag: task.etag.clone(),
            problems,
            ..Default::default()
        };
        let mut client = stage.evaluations();
        for (problems, field) in [
            (vec![problem("1", "甲"), problem("1", "乙")], "problems[1].problem_id"),
            (vec![problem("", "甲")], "problems[0].problem_id"),
            (vec![problem("1", " ")], "problems[0].text"),
        ] {
            let status =
                client.score_evaluation_task(stage.bench.by(&unit, request(problems))).await.unwrap_err();
            assert_eq!(refusal(&status).2, field);
        }
        let kept = vec![problem("1", "资金拨付慢"), problem("2", "指标偏低")];
        let answer =
            client.score_evaluation_task(stage.bench.by(&unit, request(kept.clone()))).await.unwrap();
        assert_eq!(answer.into_inner().task.unwrap().problems, kept);
        stage.close().await;
    }
}

#[tokio::test]
async fn what_cannot_be_scored_is_refused_with_every_row_and_its_reason() {
    for stage in stages().await {
        let missing = draft("S3", Kind::Self_, &name("projects", "P003"), "T003", "");
        let task = stage.opened(&finance(), missing).await;
        let no_money = stage.score(&unit("220001"), &task, vec![]).await.unwrap_err();
        assert_eq!(
            refusal(&no_money),
            ("FailedPrecondition".into(), "NOT_SCORABLE".into(), "execution".into())
        );

        let position = hengji_proto::monitoring::v1::Position {
            budget_yuan: decimal("0"),
            paid_yuan: decimal("0"),
            ..Default::default()
        };
        stage.others.known().positions.insert(name("projects", "P003"), position);
        let status = stage.score(&unit("220001"), &task, vec![]).await.unwrap_err();
        let rows: Vec<_> = status
            .get_details_precondition_failure()
            .unwrap()
            .violations
            .into_iter()
            .map(|violation| (violation.subject, violation.description.contains('（')))
            .collect();
        let told =
            [("A", true), ("B", true), ("execution", true)].map(|(row, named)| (row.to_owned(), named));
        assert_eq!(rows, told);
        let read = pb::GetEvaluationTaskRequest { name: task.name.clone() };
        let unchanged =
            stage.evaluations().get_evaluation_task(stage.bench.by(&finance(), read)).await.unwrap();
        assert_eq!(unchanged.into_inner().task, Some(task));
        stage.close().await;
    }
}

#[tokio::test]
async fn only_the_evaluator_scores() {
    for stage in stages().await {
        let finance = finance();
        let own = stage.opened(&finance, own_draft("S1")).await;
        let by_department =
            draft("D1", Kind::Department, &name("projects", "P001"), "T001", &organization("219"));
        let department_task = stage.opened(&finance, by_department).await;
        let finance_task = stage.opened(&finance, finance_draft("F1")).await;
        for (by, task) in [
            (&finance, &own),
            (&unit("219"), &own),
            (&unit("219001"), &department_task),
            (&finance, &department_task),
            (&unit("219001"), &finance_task),
            (&institution("901"), &finance_task),
        ] {
            let status = stage.score(by, task, vec![]).await.unwrap_err();
            assert_eq!(reason(&status), "DUTIES_NOT_SEPARATE", "{} {}", by.account, task.name);
        }
        stage.score(&unit("219"), &department_task, vec![]).await.unwrap();
        stage.score(&finance, &finance_task, vec![]).await.unwrap();
        let hidden = stage.score(&unit("220001"), &own, vec![]).await.unwrap_err();
        assert_eq!(reason(&hidden), "NOT_FOUND");
        let hidden = stage.score(&neighbour(), &own, vec![]).await.unwrap_err();
        assert_eq!(reason(&hidden), "NOT_FOUND");
        stage.close().await;
    }
}

#[tokio::test]
async fn a_repeated_scoring_gets_the_first_answer() {
    for stage in stages().await {
        let task = stage.opened(&finance(), own_draft("S1")).await;
        let request = pb::ScoreEvaluationTaskRequest {
            request_id: request_id(),
            name: task.name,
            etag: task.etag,
            ..Default::default()
        };
        let unit = unit("219001");
        let mut client = stage.evaluations();
        let first =
            client.score_evaluation_task(stage.bench.by(&unit, request.clone())).await.unwrap().into_inner();
        stage.others.report(&name("projects", "P001"), "A", "1次");
        let again = client.score_evaluation_task(stage.bench.by(&unit, request)).await.unwrap().into_inner();
        assert_eq!(first, again);
        stage.close().await;
    }
}
