//! Formulas of common indicators.

use std::collections::HashMap;

use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::formula_service_client::FormulaServiceClient;
use hengji_testkit::Bench;
use tonic::{Code, Status};

use crate::common::*;

async fn compute(
    bench: &Bench,
    code: &str,
    quantities: &[(&str, &str)],
) -> Result<pb::ComputeFormulaResponse, Status> {
    let request = pb::ComputeFormulaRequest {
        code: code.into(),
        quantities: quantities
            .iter()
            .map(|(name, value)| ((*name).to_owned(), decimal(value).unwrap_or_default()))
            .collect::<HashMap<_, _>>(),
    };
    let mut client = FormulaServiceClient::new(bench.link());
    Ok(client.compute_formula(bench.by(&reader(), request)).await?.into_inner())
}

#[tokio::test]
async fn a_formula_is_found_by_its_indicator_and_computed_with_its_document() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut client = FormulaServiceClient::new(bench.link());
        let all = client.list_formulas(bench.by(&reader(), pb::ListFormulasRequest::default())).await?;
        assert!(all.into_inner().formulas.len() > 20);
        let one = pb::ListFormulasRequest { indicator: "indicators/GX-XM2020-15".into() };
        let found = client.list_formulas(bench.by(&reader(), one)).await?.into_inner().formulas;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].expression, "（计划成本 − 实际成本） ÷ 计划成本 × 100");
        let answer =
            compute(bench, &found[0].code, &[("planned_cost", "12000"), ("actual_cost", "10500.50")]).await?;
        assert_eq!((answer.value, answer.unit.as_str()), (decimal("12.50"), "%"));
        let why = answer.explanation.unwrap_or_default();
        assert_eq!(why.steps[0].document, "财预〔2020〕10号");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_cannot_be_computed_is_named() -> anyhow::Result<()> {
    on_each(async |bench| {
        let unknown = compute(bench, "happiness", &[]).await.unwrap_err();
        assert_eq!(unknown.code(), Code::NotFound);
        let zero = compute(bench, "completion_rate", &[("actual", "5"), ("planned", "0")]).await.unwrap_err();
        assert_eq!(why(&zero), (Code::FailedPrecondition, "NOT_SCORABLE".into()));
        assert!(zero.message().contains('1') && subjects(&zero) == ["completion_rate"]);
        let missing = compute(bench, "completion_rate", &[("actual", "-5")]).await.unwrap_err();
        assert_eq!(subjects(&missing), ["actual", "planned"]);
        let wrong =
            compute(bench, "completion_rate", &[("actual", "five"), ("plan", "1")]).await.unwrap_err();
        let mut fields = subjects(&wrong);
        fields.sort();
        assert_eq!(fields, ["quantities[actual]", "quantities[plan]"]);
        Ok(())
    })
    .await
}
