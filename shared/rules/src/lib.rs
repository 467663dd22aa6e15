//! Rule packs and the scoring engine: pure, dated, explained.
//!
//! A [`RulePack`] is a document of cited rules for one layer (national, province, city, county). [`EffectivePack::resolve`]
//! lays the layers over one another, rule by rule, and every rule remembers where it came from. [`score()`], [`lights`],
//! [`rounds`], [`deadline`], [`idle`], [`chain`], [`ex_ante`], [`review`], [`quality`], [`plausibility`] and [`linkage`] apply it; each answer carries an [`Explanation`]:
//! rule, document, inputs and arithmetic. Nothing here does I/O, reads a clock or uses floating point; whatever cannot be
//! decided is a named [`Refusal`], never a panic and never a silent zero.

pub mod case;
pub mod chain;
pub mod check;
pub mod deadline;
pub mod effective;
pub mod ex_ante;
pub mod exact;
pub mod explanation;
#[cfg(test)]
mod fixture;
pub mod formula;
pub mod idle;
pub mod lights;
pub mod linkage;
pub mod outcome;
pub mod pack;
pub mod plausibility;
pub mod progress;
pub mod quality;
pub mod review;
pub mod rounds;
pub mod score;
pub mod value;
pub mod word;

pub use case::{CaseOutcome, PublishedCase};
pub use check::check;
pub use effective::EffectivePack;
pub use explanation::Explanation;
pub use outcome::{Finding, Refusal, Severity};
pub use pack::RulePack;
pub use score::card::{ExecutionScore, ScoreRow, Scorecard};
pub use score::score;
pub use score::table::{MoneyRow, MoneyTable, Override, ScoreIndicator, ScoreTable};
pub use word::{Confidence, Direction, Nature, ObjectType, Operator, ProjectNature, ScoringMethod};
