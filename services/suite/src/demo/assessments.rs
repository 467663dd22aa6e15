//! Ex-ante assessments on the five aspects: three 优, two 良 with conditions.

use anyhow::{Context, ensure};
use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::ex_ante_service_client::ExAnteServiceClient;

use super::county::{ExAnteLine, ProjectLine};
use super::say::{date, decimal, request_id, there, word};
use super::{Actor, People, Stage};

/// The aspects of a project's assessment as the national pack names them.
const ASPECTS: [&str; 5] = ["立项必要性", "投入经济性", "绩效目标合理性", "实施方案可行性", "筹资合规性"];

pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let finance = people.get("finance-performance")?;
    for line in &stage.county.projects {
        if let Some(ex_ante) = &line.ex_ante {
            let assessment =
                assess_one(stage, finance, line, ex_ante).await.with_context(|| line.title.clone())?;
            let grade = word("common.v1.Grade", &ex_ante.grade)?;
            ensure!(assessment.grade == grade, "{}: graded {:?}", line.title, assessment.grade());
            let told = assessment.explanation.unwrap_or_default().conclusion;
            stage.say(format!("事前评估：{}——{told}", line.title));
        }
    }
    Ok(())
}

async fn assess_one(
    stage: &Stage<'_>,
    finance: &Actor,
    line: &ProjectLine,
    ex_ante: &ExAnteLine,
) -> anyhow::Result<pb::ExAnteAssessment> {
    let mut client = ExAnteServiceClient::new(stage.link.clone());
    let create = pb::CreateExAnteAssessmentRequest {
        request_id: request_id(),
        project: stage.county.name("projects", &line.code),
        assessment_id: format!("E-{}", line.code),
        ..Default::default()
    };
    let mut assessment =
        there(client.create_ex_ante_assessment(finance.ask(create)).await?.into_inner().assessment)?;
    for expert in ["专家甲", "专家乙", "专家丙"] {
        let scores = ASPECTS.iter().zip(&ex_ante.points).map(|(aspect, points)| pb::AspectScore {
            aspect: (*aspect).to_owned(),
            expert: expert.into(),
            points: decimal(points),
        });
        let score = pb::ScoreExAnteAssessmentRequest {
            request_id: request_id(),
            name: assessment.name,
            etag: assessment.etag,
            expert: expert.into(),
            scores: scores.collect(),
            ..Default::default()
        };
        assessment =
            there(client.score_ex_ante_assessment(finance.ask(score)).await?.into_inner().assessment)?;
    }
    let conditions = ex_ante.conditions.iter().map(|condition| {
        Ok(pb::Condition {
            condition_id: condition.id.clone(),
            text: condition.text.clone(),
            due_date: date(&condition.due)?,
        })
    });
    let conclude = pb::ConcludeExAnteAssessmentRequest {
        request_id: request_id(),
        name: assessment.name,
        etag: assessment.etag,
        conditions: conditions.collect::<anyhow::Result<_>>()?,
        ..Default::default()
    };
    there(client.conclude_ex_ante_assessment(finance.ask(conclude)).await?.into_inner().assessment)
}
