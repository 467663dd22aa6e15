//! Indicators by words: every word in title, definition or formula; those with every word in the title come first.

use std::collections::HashMap;

use hengji_db::{DbError, Stored, Tx};
use hengji_kernel::{DataScope, RegionCode};

use super::Arguments;
use crate::domain::{Indicator, fold};

/// What is looked for.
pub(crate) struct Question<'a> {
    pub(crate) words: Vec<&'a str>,
    /// Any layer if empty.
    pub(crate) layers: Vec<RegionCode>,
    /// Key of the last one found before.
    pub(crate) after: Option<&'a str>,
    pub(crate) limit: usize,
}

/// The active indicators found, each with the key that the next page begins after.
pub(crate) async fn search(
    tx: &mut Tx,
    question: &Question<'_>,
) -> Result<Vec<(String, Stored<Indicator>)>, DbError> {
    let (sql, arguments) = statement(question);
    let mut found = Vec::new();
    for row in tx.all(&sql, &arguments.0).await? {
        found.push((row.int("place")?, row.text("name")?));
    }
    let names: Vec<_> = found.iter().map(|(_, name)| name.clone()).collect();
    let stored = tx.load_many::<Indicator>(&names, &DataScope::Everything).await?;
    let mut stored: HashMap<_, _> = stored.into_iter().map(|row| (row.record.resource_name(), row)).collect();
    Ok(found
        .into_iter()
        .filter_map(|(place, name)| stored.remove(&name).map(|row| (format!("{place}/{name}"), row)))
        .collect())
}

fn statement(question: &Question<'_>) -> (String, Arguments) {
    let mut arguments = Arguments::default();
    let in_title = every_word("folded_title", question, &mut arguments);
    let in_text = every_word("folded_text", question, &mut arguments);
    let in_layers = match question.layers.as_slice() {
        [] => String::new(),
        layers => format!("and region in ({})", arguments.bind_all(layers)),
    };
    let after = match question.after.and_then(|after| after.split_once('/')) {
        None => String::new(),
        Some((place, name)) => {
            let place: i64 = place.parse().unwrap_or_default();
            let (above, beside, name) = (arguments.bind(place), arguments.bind(place), arguments.bind(name));
            format!("where place > {above} or (place = {beside} and name > {name})")
        }
    };
    let limit = arguments.bind(i64::try_from(question.limit).unwrap_or(i64::MAX));
    let sql = format!(
        "select name, place from (select name, case when {in_title} then 0 else 1 end as place from indicator \
         where state = 'active' and {in_text} {in_layers}) as found {after} order by place, name limit {limit}"
    );
    (sql, arguments)
}

fn every_word(column: &str, question: &Question<'_>, arguments: &mut Arguments) -> String {
    let conditions = question
        .words
        .iter()
        .map(|word| format!("{column} like {} escape '!'", arguments.bind(pattern(word))));
    conditions.collect::<Vec<_>>().join(" and ")
}

/// The word anywhere; its own `%`, `_` and `!` mean themselves.
fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for letter in fold(word).chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
