//! Finding indicators: by words, and for a described project.

use std::collections::HashMap;

use hengji_db::{Stored, Tx};
use hengji_kernel::{DataScope, Date, RegionCode};
use hengji_proto::catalog::v1 as pb;
use hengji_proto::google::r#type as google;
use hengji_rpc::{Call, Fault, convert as words};

use super::{State, convert};
use crate::domain::{Indicator, Living};
use crate::search::{Filter, Hit};

const SUGGESTIONS: usize = 10;

pub(crate) async fn search(
    state: &State,
    call: &Call,
    request: pb::SearchIndicatorsRequest,
) -> Result<pb::SearchIndicatorsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let filter = Filter {
        layers: layers(&request.layer)?,
        object_type: convert::parse_object_type(request.object_kind),
        industry: request.industry,
        functional_account: request.functional_account,
        level1: request.level1,
        level2: request.level2,
        date: day(request.date.as_ref())?,
    };
    let after = page.after().and_then(|after| after.split_once('/'));
    let after = after.map(|(rank, name)| (rank.parse().unwrap_or_default(), name.to_owned()));
    let (query, limit) = (request.query, page.limit + 1);
    let found = state
        .library
        .ask(&state.acts.db, move |index| {
            index.search(&query, &filter, after.as_ref().map(|(rank, name)| (*rank, name.as_str())), limit)
        })
        .await?;
    let found = found.ok_or_else(|| Fault::field("query", "须至少有一个词"))?;
    let (found, next_page_token) =
        state.pages.close(&page, found, |hit| format!("{}/{}", hit.rank, hit.name))?;
    let indicators = loaded(&mut state.acts.db.read().await?, &found).await?;
    Ok(pb::SearchIndicatorsResponse {
        indicators: indicators.iter().map(|(_, stored)| convert::indicator(stored)).collect(),
        next_page_token,
    })
}

pub(crate) async fn suggest(
    state: &State,
    _: &Call,
    request: pb::SuggestIndicatorsRequest,
) -> Result<pb::SuggestIndicatorsResponse, Fault> {
    let filter = Filter {
        layers: layers(&request.layer)?,
        object_type: convert::parse_object_type(request.object_kind),
        industry: request.industry,
        functional_account: request.functional_account,
        level1: request.level1,
        level2: String::new(),
        date: day(request.date.as_ref())?,
    };
    let limit = usize::try_from(request.limit).ok().filter(|limit| *limit > 0).unwrap_or(SUGGESTIONS);
    let description = request.description;
    let found =
        state.library.ask(&state.acts.db, move |index| index.suggest(&description, &filter, limit)).await?;
    let indicators = loaded(&mut state.acts.db.read().await?, &found).await?;
    let suggestion = |(hit, stored): &(&Hit, Stored<Indicator>)| pb::IndicatorSuggestion {
        indicator: Some(convert::indicator(stored)),
        matched_words: hit.words.clone(),
        reason: format!("项目概况与该指标都提到：{}", hit.words.join("、")),
    };
    Ok(pb::SuggestIndicatorsResponse { suggestions: indicators.iter().map(suggestion).collect() })
}

fn day(date: Option<&google::Date>) -> Result<Option<Date>, Fault> {
    date.map(|date| words::parse_date("date", Some(date))).transpose()
}

fn layers(layer: &str) -> Result<Vec<RegionCode>, Fault> {
    let layer = words::word_or_none::<RegionCode>("layer", layer)?;
    Ok(layer.map(|layer| layer.layers()).unwrap_or_default())
}

/// The indicators found, in the order found.
async fn loaded<'a>(tx: &mut Tx, found: &'a [Hit]) -> Result<Vec<(&'a Hit, Stored<Indicator>)>, Fault> {
    let names: Vec<_> = found.iter().map(|hit| hit.name.clone()).collect();
    let stored = tx.load_many::<Indicator>(&names, &DataScope::Everything).await?;
    let mut stored: HashMap<_, _> = stored.into_iter().map(|row| (row.record.resource_name(), row)).collect();
    Ok(found.iter().filter_map(|hit| stored.remove(&hit.name).map(|row| (hit, row))).collect())
}
