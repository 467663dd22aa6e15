//! A layer's own indicator file: compared, then drafted.

use std::collections::{HashMap, HashSet};

use hengji_db::{Filter, Stored, Value};
use hengji_kernel::{DataScope, RegionCode};
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::{Act, Begun, Call, Fault, Reason, convert as words};
use prost::Message;

use super::indicators::{parse, told};
use super::{State, convert};
use crate::domain::{Change, Indicator, IndicatorRow, LibraryState, Living, changes};

const MOST_ROWS: usize = 5000;
/// Read of the library at a time.
const PAGE: usize = 1000;
/// Of what the file leaves out.
const LEFT_OUT_TOLD: usize = 1000;
/// Of the answer's rows: clients refuse messages above 4 MiB unless told otherwise.
const ROW_BYTES: usize = 3 * 1024 * 1024;

pub(crate) async fn import(
    state: &State,
    call: &Call,
    request: pb::ImportIndicatorsRequest,
) -> Result<pb::ImportIndicatorsResponse, Fault> {
    let layer: RegionCode = words::word("layer", &request.layer)?;
    call.reach(&format!("indicators of {layer}"), &layer, None)?;
    let file = read(&layer, &request.content_json)?;
    let names: HashSet<String> = file.iter().map(Indicator::resource_name).collect();
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut comparison = compare(&mut act, file).await?;
    comparison.draft()?;
    let mut answer = comparison.answer();
    left_out(&mut act, &layer, &names, comparison.in_use, &mut answer).await?;
    store(&mut act, comparison, &request.reason).await?;
    shorten(&mut answer.rows);
    act.finish(answer).await
}

/// Every row of the file, or every fault of it.
fn read(layer: &RegionCode, content: &str) -> Result<Vec<Indicator>, Fault> {
    let rows: Vec<IndicatorRow> = serde_json::from_str(content)
        .map_err(|error| Fault::field("content_json", format!("不是指标文件：{error}")))?;
    if rows.is_empty() || rows.len() > MOST_ROWS {
        return Err(Fault::field("content_json", format!("须有 1 至 {MOST_ROWS} 行")));
    }
    let messages: Vec<_> = rows.into_iter().map(|row| convert::row_of_file(layer, row)).collect();
    parse(&messages, "rows")
}

/// The file beside the library.
#[derive(Default)]
struct Comparison {
    new: Vec<Indicator>,
    changed: Vec<(Stored<Indicator>, Indicator)>,
    unchanged: usize,
    /// Of the layer's indicators in use, how many the file names.
    in_use: usize,
    /// New and changed ones in the order of the file.
    rows: Vec<pb::ImportedIndicator>,
}

async fn compare(act: &mut Act, file: Vec<Indicator>) -> Result<Comparison, Fault> {
    let names: Vec<_> = file.iter().map(Indicator::resource_name).collect();
    let stored = act.tx.load_many::<Indicator>(&names, &DataScope::Everything).await?;
    let mut stored: HashMap<_, _> = stored.into_iter().map(|row| (row.record.resource_name(), row)).collect();
    let mut comparison = Comparison::default();
    for indicator in file {
        let Some(known) = stored.remove(&indicator.resource_name()) else {
            comparison.rows.push(row(&indicator, pb::ImportAction::New, vec![]));
            comparison.new.push(indicator);
            continue;
        };
        let own = known.record.layer == indicator.layer;
        comparison.in_use += usize::from(own && known.record.state == LibraryState::Active);
        let differing = changes(known.record.latest(), &indicator);
        if differing.is_empty() && own {
            comparison.unchanged += 1;
            continue;
        }
        comparison.rows.push(row(&indicator, pb::ImportAction::Changed, differing));
        comparison.changed.push((known, indicator));
    }
    Ok(comparison)
}

impl Comparison {
    /// Drafts what is changed, or refuses naming every indicator that cannot be.
    fn draft(&mut self) -> Result<(), Fault> {
        let mut refused = Vec::new();
        for (known, change) in &mut self.changed {
            if let Err(refusal) = known.record.reimport(change.clone()) {
                refused.push((known.record.resource_name(), refusal.to_string()));
            }
        }
        if refused.is_empty() {
            return Ok(());
        }
        let message = format!("{} 个指标不能导入", refused.len());
        Err(Fault::preconditions(Reason::StateForbids, message, refused))
    }

    fn answer(&mut self) -> pb::ImportIndicatorsResponse {
        pb::ImportIndicatorsResponse {
            rows: std::mem::take(&mut self.rows),
            new_count: count(self.new.len()),
            changed_count: count(self.changed.len()),
            unchanged_count: count(self.unchanged),
            left_out_count: 0,
        }
    }
}

fn count(rows: usize) -> i32 {
    i32::try_from(rows).unwrap_or(i32::MAX)
}

fn row(indicator: &Indicator, action: pb::ImportAction, changes: Vec<Change>) -> pb::ImportedIndicator {
    pb::ImportedIndicator {
        name: indicator.resource_name(),
        title: indicator.title.clone(),
        action: action.into(),
        changes: changes.into_iter().map(convert::change).collect(),
    }
}

/// What the layer has in use and the file does not name: counted by the database, for a library may be large, and the first
/// of them told. `named` of the layer's indicators in use stand in the file.
async fn left_out(
    act: &mut Act,
    layer: &RegionCode,
    file: &HashSet<String>,
    named: usize,
    answer: &mut pb::ImportIndicatorsResponse,
) -> Result<(), Fault> {
    let filter = Filter::new().eq("region", layer.as_str()).eq("state", Value::word(&LibraryState::Active));
    let in_use = act.tx.count::<Indicator>(&DataScope::Everything, &filter).await?;
    let left_out = usize::try_from(in_use).unwrap_or_default().saturating_sub(named);
    answer.left_out_count = count(left_out);
    let mut missing = left_out.min(LEFT_OUT_TOLD);
    let mut after: Option<String> = None;
    while missing > 0 {
        let page = act.tx.page::<Indicator>(&DataScope::Everything, &filter, after.as_deref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.record.resource_name());
        let others = page.iter().filter(|stored| !file.contains(&stored.record.resource_name()));
        let told: Vec<_> = others
            .take(missing)
            .map(|stored| row(&stored.record, pb::ImportAction::LeftOut, vec![]))
            .collect();
        missing -= told.len();
        answer.rows.extend(told);
    }
    Ok(())
}

/// Ends the rows where the answer would outgrow what a client takes in.
fn shorten(rows: &mut Vec<pb::ImportedIndicator>) {
    let mut bytes = 0;
    let fitting = rows.iter().take_while(|row| {
        bytes += row.encoded_len();
        bytes <= ROW_BYTES
    });
    let fitting = fitting.count();
    rows.truncate(fitting);
}

async fn store(act: &mut Act, comparison: Comparison, reason: &str) -> Result<(), Fault> {
    if act.tx.insert_many(&comparison.new, act.now).await?.contains(&false) {
        // somebody else stored one since they were looked up
        return Err(Fault::stale("indicators"));
    }
    let now = act.now;
    let mut touched: Vec<_> = comparison
        .new
        .into_iter()
        .map(|record| Stored { record, version: 1, created_at: now, updated_at: now })
        .collect();
    let changed: Vec<_> = comparison.changed.into_iter().map(|(stored, _)| stored).collect();
    touched.extend(act.save_many(&changed).await?);
    if touched.is_empty() { Ok(()) } else { told(act, "indicator.imported", &touched, reason).await }
}
