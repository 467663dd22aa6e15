//! A region at once: tables stream in, results stream out in the same order, and no more are held than are being scored.

use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::call::check;
use hengji_rpc::{Fault, convert as words};
use hengji_rules::score::bulk::{Summary, score_all};
use hengji_rules::score::table::ScoreTable;
use hengji_rules::{EffectivePack, Refusal};
use tonic::Status;

use super::State;
use super::scoring::{parse_table, place, rules};

/// Tables a core takes at a time.
const TABLES_A_CORE: usize = 128;

type Answer = Result<pb::ScoreTablesResponse, Status>;

/// The rules every table of the stream is scored by.
struct Rules {
    pack: EffectivePack,
    sha256: String,
}

/// Reads the rules from the first message and answers every table after it.
pub(crate) async fn answer(
    state: &State,
    mut requests: impl Stream<Item = Result<pb::ScoreTablesRequest, Status>> + Send + Unpin + 'static,
) -> Result<BoxStream<'static, Answer>, Status> {
    let first = requests.next().await.transpose()?.unwrap_or_default();
    let Some(wanted) = first.rules.filter(|_| first.table.is_none()) else {
        return Err(Fault::field("rules", "第一条消息须给出且只给出规则的地区、日期和对象").into());
    };
    let rules = Arc::new(resolved(state, &wanted).await?);
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let answers = requests.ready_chunks(cores * TABLES_A_CORE).then(move |chunk| {
        let rules = Arc::clone(&rules);
        async move {
            let scored = tokio::task::spawn_blocking(move || answers(&rules, chunk, cores)).await;
            stream::iter(scored.unwrap_or_else(|error| vec![Err(Fault::internal(error).into())]))
        }
    });
    Ok(answers.flatten().boxed())
}

async fn resolved(state: &State, wanted: &pb::ScoreTablesRules) -> Result<Rules, Fault> {
    check(wanted)?;
    let (region, date, object_type) = place(&wanted.region, wanted.date.as_ref(), wanted.object_kind)?;
    let resolved = rules(state, &wanted.rule_packs, &region, date, object_type).await?;
    Ok(Rules { pack: resolved.pack, sha256: resolved.content_sha256 })
}

/// Answers in the order of the tables; a broken stream ends them.
fn answers(rules: &Rules, chunk: Vec<Result<pb::ScoreTablesRequest, Status>>, cores: usize) -> Vec<Answer> {
    let mut answers: Vec<Option<Answer>> = Vec::with_capacity(chunk.len());
    let mut tables = Vec::with_capacity(chunk.len());
    for request in chunk {
        match request.and_then(|request| table(request).map_err(Status::from)) {
            Ok((key, codes, Ok(table))) => {
                tables.push(((answers.len(), key, codes), table));
                answers.push(None);
            }
            Ok((key, _, Err(fault))) => answers.push(Some(Ok(refused(rules, key, &fault)))),
            Err(status) => {
                answers.push(Some(Err(status)));
                break;
            }
        }
    }
    score_all(&rules.pack, tables, cores, |(index, key, codes), result| {
        if let Some(answer) = answers.get_mut(index) {
            *answer = Some(Ok(told(rules, key, codes, result)));
        }
        true
    });
    answers.into_iter().flatten().collect()
}

type Keyed = (String, Vec<String>, Result<ScoreTable, Fault>);

/// The table with its key and the codes of its rows.
fn table(request: pb::ScoreTablesRequest) -> Result<Keyed, Fault> {
    let Some(input) = request.table.filter(|_| request.rules.is_none()) else {
        return Err(Fault::field("table", "第一条消息之后须逐条给出且只给出评分表"));
    };
    let parsed =
        check(&input).and_then(|()| parse_table(&input.rows, input.money.as_ref(), &input.adjustments));
    let codes = input.rows.into_iter().map(|row| row.code).collect();
    Ok((input.key, codes, parsed))
}

fn refused(rules: &Rules, key: String, fault: &Fault) -> pb::ScoreTablesResponse {
    let refusal = |(field, rule): &(String, String)| pb::TableRefusal {
        subject: field.clone(),
        rule: String::new(),
        message: rule.clone(),
    };
    pb::ScoreTablesResponse {
        key,
        score: None,
        refusals: fault.violations().iter().map(refusal).collect(),
        rule_pack_sha256: rules.sha256.clone(),
    }
}

fn told(
    rules: &Rules,
    key: String,
    codes: Vec<String>,
    result: Result<Summary, Vec<Refusal>>,
) -> pb::ScoreTablesResponse {
    let (score, refusals) = match result {
        Ok(summary) => (Some(score(codes, summary)), vec![]),
        Err(refusals) => (None, refusals),
    };
    let refusal = |refusal: Refusal| pb::TableRefusal {
        subject: refusal.subject,
        rule: refusal.rule,
        message: refusal.message,
    };
    pb::ScoreTablesResponse {
        key,
        score,
        refusals: refusals.into_iter().map(refusal).collect(),
        rule_pack_sha256: rules.sha256.clone(),
    }
}

fn score(codes: Vec<String>, summary: Summary) -> pb::TableScore {
    let row =
        |(code, points): (String, Option<_>)| pb::RowPoints { code, points: points.map(words::decimal) };
    pb::TableScore {
        total: Some(words::decimal(summary.total)),
        grade: words::grade(summary.grade).into(),
        rows: codes.into_iter().zip(summary.rows).map(row).collect(),
        execution: summary.execution.map(words::decimal),
        finding_codes: summary.findings,
    }
}
