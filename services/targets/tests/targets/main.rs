//! Targets as its callers see it, on both databases; catalog is a stand-in that holds the shipped national rules.

mod additions;
mod approvals;
mod assessments;
mod catalog;
mod chains;
mod common;
mod control_figures;
mod coverage;
mod drafts;
mod filing;
mod gates;
mod holds;
mod imports;
mod in_use;
mod library;
mod life;
mod plain;
mod projects;
mod publication;
mod quality;
mod reviews;
mod scorers;
mod words;
