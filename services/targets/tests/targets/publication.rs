//! What may be published of approved targets.

use hengji_proto::targets::v1 as pb;
use tonic::{Code, Status};

use crate::common::*;

use hengji_testkit::Bench;
use pb::FieldClass::{Content, Money, Organization};

fn classes(list: &[pb::FieldClass]) -> Vec<i32> {
    list.iter().map(|class| (*class).into()).collect()
}

async fn published(
    bench: &Bench,
    name: &str,
    list: &[pb::FieldClass],
) -> Result<pb::PublishedTarget, Status> {
    let request = pb::GetPublishedTargetRequest { name: name.into(), classes: classes(list) };
    let answer = publications(bench).get_published_target(bench.by(&unit(), request)).await?;
    Ok(answer.into_inner().target.unwrap_or_default())
}

#[tokio::test]
async fn only_the_baseline_and_only_the_classes_asked_for_are_told() -> anyhow::Result<()> {
    on_each(async |bench| {
        let approved = in_budget(bench, "P1").await?;
        let bare = published(bench, &approved.name, &[]).await?;
        assert_eq!((bare.title.as_str(), bare.target_version), ("农村公路养护", 1));
        assert_eq!(bare.withheld, classes(&[Content, Money, Organization]));
        let told = (bare.goal_text, bare.indicators.len(), bare.budget_yuan, bare.unit, bare.object);
        assert_eq!(told, (String::new(), 0, None, String::new(), String::new()));
        let content = published(bench, &approved.name, &[Content]).await?;
        assert_eq!((content.indicators.len(), content.budget_yuan.as_ref()), (4, None));
        assert_eq!(content.indicators[0].value_text, "≥120公里");
        let all = published(bench, &approved.name, &[Content, Money, Organization]).await?;
        assert_eq!((all.unit.as_str(), all.object.as_str()), ("219001", approved.object.as_str()));
        assert!(all.budget_yuan.is_some() && all.withheld.is_empty() && all.approve_time.is_some());

        // a draft adjustment changes nothing of it
        adjust(bench, &approved).await?;
        assert_eq!(published(bench, &approved.name, &[Content, Money, Organization]).await?, all);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_is_not_approved_or_out_of_reach_is_not_there() -> anyhow::Result<()> {
    on_each(async |bench| {
        let approved = in_budget(bench, "P1").await?;
        let waiting = filed(bench, "P2").await?;
        assert_eq!(published(bench, &waiting.name, &[Content]).await.unwrap_err().code(), Code::NotFound);
        let list = |unit: &str| pb::ListPublishedTargetsRequest {
            region: COUNTY.into(),
            unit: unit.into(),
            year: 2026,
            classes: classes(&[Content]),
            ..Default::default()
        };
        let listed = async |unit_code: &str| {
            let answer =
                publications(bench).list_published_targets(bench.by(&unit(), list(unit_code))).await?;
            Ok::<_, Status>(answer.into_inner().targets)
        };
        let found = listed("219").await?;
        assert_eq!(found, [published(bench, &approved.name, &[Content]).await?]);
        assert!(listed("220").await?.is_empty());
        let unseen = publications(bench).list_published_targets(bench.by(&neighbour(), list(""))).await?;
        assert!(unseen.into_inner().targets.is_empty());
        Ok(())
    })
    .await
}
