//! An inverted index: for each word the indicators that have it, in title or text.
//!
//! Rank is made of the words alone: a word counts the square of its length, four times over in a title. It needs no
//! statistics of the library, so an answer can be told in words and a next page follows from the last one's rank.

use std::collections::HashMap;

use hengji_kernel::{Date, RegionCode};
use hengji_rules::ObjectType;

use super::words;
use crate::domain::{Indicator, LibraryState, Living};

/// A word in a title counts so many times.
const TITLE: u32 = 4;
/// Of a library above [`MANY`], a word that more than one indicator in so many has says nothing of a description.
const COMMON: usize = 8;
const MANY: usize = 200;

/// Which indicators are asked for; empty texts ask for all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Any layer if empty.
    pub(crate) layers: Vec<RegionCode>,
    pub(crate) object_type: Option<ObjectType>,
    pub(crate) industry: String,
    pub(crate) functional_account: String,
    pub(crate) level1: String,
    pub(crate) level2: String,
    /// Only those in force on that day.
    pub(crate) date: Option<Date>,
}

/// An indicator found, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) rank: u32,
    pub(crate) name: String,
    /// The words it was found by; only for a description.
    pub(crate) words: Vec<String>,
}

/// An indicator's words, found before the index is locked.
pub(super) struct Entry {
    document: Document,
    active: bool,
    title: Vec<String>,
    text: Vec<String>,
}

struct Document {
    name: String,
    layer: RegionCode,
    object_type: ObjectType,
    industry: String,
    functional_account: String,
    level1: String,
    level2: String,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
}

/// A document's number and whether the word is in its title.
#[derive(Clone, Copy)]
struct Posting(u32);

impl Posting {
    const IN_TITLE: u32 = 1 << 31;

    const fn new(document: u32, in_title: bool) -> Self {
        Self(if in_title { document | Self::IN_TITLE } else { document })
    }

    const fn document(self) -> u32 {
        self.0 & !Self::IN_TITLE
    }

    const fn weight(self) -> u32 {
        if self.0 & Self::IN_TITLE == 0 { 1 } else { TITLE }
    }
}

#[derive(Default)]
pub(crate) struct Index {
    /// How far the database has been taken in.
    pub(super) change: i64,
    /// In the order taken in; a changed indicator leaves its place empty and comes last.
    documents: Vec<Option<Document>>,
    by_name: HashMap<String, u32>,
    by_word: HashMap<String, Vec<Posting>>,
}

impl Entry {
    pub(super) fn of(indicator: &Indicator) -> Self {
        let title = words::of_text(&indicator.title);
        let mut text = words::of_text(&indicator.definition);
        text.extend(words::of_text(&indicator.formula));
        text.sort_unstable();
        text.dedup();
        text.retain(|word| title.binary_search(word).is_err());
        let document = Document {
            name: indicator.resource_name(),
            layer: indicator.layer.clone(),
            object_type: indicator.object_type,
            industry: indicator.industry.clone(),
            functional_account: indicator.functional_account.clone(),
            level1: indicator.level1.clone(),
            level2: indicator.level2.clone(),
            valid_from: indicator.valid_from,
            valid_to: indicator.valid_to,
        };
        Self { document, active: indicator.state == LibraryState::Active, title, text }
    }
}

impl Index {
    pub(super) fn take_in(&mut self, entry: Entry) {
        let name = entry.document.name.clone();
        if let Some(old) = self.by_name.remove(&name)
            && let Some(place) = self.documents.get_mut(old as usize)
        {
            *place = None;
        }
        if !entry.active {
            return;
        }
        let Ok(number) = u32::try_from(self.documents.len()) else { return };
        self.documents.push(Some(entry.document));
        self.by_name.insert(name, number);
        for (list, in_title) in [(entry.title, true), (entry.text, false)] {
            for word in list {
                self.by_word.entry(word).or_default().push(Posting::new(number, in_title));
            }
        }
    }

    /// Active indicators that have every word of the query, best first, after `after`. Nothing if the query has no word.
    pub(crate) fn search(
        &self,
        query: &str,
        filter: &Filter,
        after: Option<(u32, &str)>,
        limit: usize,
    ) -> Option<Vec<Hit>> {
        let words = words::of_query(query);
        if words.is_empty() {
            return None;
        }
        let mut lists: Vec<(u32, &[Posting])> =
            words.iter().map(|word| (specific(word), self.postings(word))).collect();
        lists.sort_by_key(|(_, postings)| postings.len());
        let (&(weight, rarest), others) = lists.split_first()?;
        let found = rarest.iter().filter_map(|posting| {
            let number = posting.document();
            let document = self.document(number).filter(|document| filter.admits(document))?;
            let mut rank = weight * posting.weight();
            for (weight, postings) in others {
                let at = postings.binary_search_by_key(&number, |posting| posting.document()).ok()?;
                rank += weight * postings.get(at)?.weight();
            }
            Some((rank, document.name.as_str()))
        });
        Some(best(found, after, limit).into_iter().map(|(rank, name)| Hit::of(rank, name)).collect())
    }

    /// Active indicators whose words tell of the described project, best first, each with these words.
    pub(crate) fn suggest(&self, description: &str, filter: &Filter, limit: usize) -> Vec<Hit> {
        let words = words::of_description(description);
        let common = if self.by_name.len() > MANY { self.by_name.len() / COMMON } else { usize::MAX };
        let lists: Vec<(&String, &[Posting])> = words
            .iter()
            .map(|word| (word, self.postings(word)))
            .filter(|(_, postings)| !postings.is_empty() && postings.len() <= common)
            .collect();
        let mut ranks: HashMap<u32, u32> = HashMap::new();
        for (word, postings) in &lists {
            for posting in *postings {
                *ranks.entry(posting.document()).or_default() += specific(word) * posting.weight();
            }
        }
        let found = ranks.into_iter().filter_map(|(number, rank)| {
            let document = self.document(number).filter(|document| filter.admits(document))?;
            Some((rank, document.name.as_str()))
        });
        let told = |(rank, name): (u32, &str)| {
            let number = self.by_name.get(name).copied().unwrap_or(u32::MAX);
            let has = |postings: &[Posting]| {
                postings.binary_search_by_key(&number, |posting| posting.document()).is_ok()
            };
            let words = lists.iter().filter(|(_, postings)| has(postings));
            Hit { words: words.map(|(word, _)| (*word).clone()).collect(), ..Hit::of(rank, name) }
        };
        best(found, None, limit).into_iter().map(told).collect()
    }

    fn postings(&self, word: &str) -> &[Posting] {
        self.by_word.get(word).map_or(&[], Vec::as_slice)
    }

    fn document(&self, number: u32) -> Option<&Document> {
        self.documents.get(number as usize)?.as_ref()
    }
}

impl Hit {
    fn of(rank: u32, name: &str) -> Self {
        Self { rank, name: name.to_owned(), words: Vec::new() }
    }
}

impl Filter {
    /// What is kept for all industries, accounts or levels is in every one of them.
    fn admits(&self, document: &Document) -> bool {
        let within = |asked: &str, has: &str| asked.is_empty() || has.is_empty() || asked == has;
        (self.layers.is_empty() || self.layers.contains(&document.layer))
            && self.object_type.is_none_or(|object_type| object_type == document.object_type)
            && within(&self.industry, &document.industry)
            && (within(&self.functional_account, &document.functional_account)
                || self.functional_account.starts_with(&document.functional_account))
            && self.date.is_none_or(|day| {
                document.valid_from.is_none_or(|from| from <= day)
                    && document.valid_to.is_none_or(|to| day <= to)
            })
            && (self.level1.is_empty() || self.level1 == document.level1)
            && (self.level2.is_empty() || self.level2 == document.level2)
    }
}

/// A longer word says more.
fn specific(word: &str) -> u32 {
    let length = u32::try_from(word.chars().count().min(20)).unwrap_or(20);
    length * length
}

/// The first `limit` by rank and name, after `after`.
fn best<'a>(
    found: impl Iterator<Item = (u32, &'a str)>,
    after: Option<(u32, &str)>,
    limit: usize,
) -> Vec<(u32, &'a str)> {
    let order = |(rank, name): &(u32, &'a str)| (std::cmp::Reverse(*rank), *name);
    let mut found: Vec<(u32, &str)> = found
        .filter(|(rank, name)| {
            after.is_none_or(|(last, last_name)| *rank < last || (*rank == last && *name > last_name))
        })
        .collect();
    if found.len() > limit {
        if limit == 0 {
            return Vec::new();
        }
        found.select_nth_unstable_by_key(limit - 1, order);
        found.truncate(limit);
    }
    found.sort_unstable_by_key(order);
    found
}
