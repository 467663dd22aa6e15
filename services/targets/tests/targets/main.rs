//! Targets as its callers see it, on both databases; catalog is a stand-in that holds the shipped national rules.

mod additions;
mod approvals;
mod assessments;
mod catalog;
mod common;
mod drafts;
mod filing;
mod gates;
mod holds;
mod projects;
mod reviews;
mod words;
