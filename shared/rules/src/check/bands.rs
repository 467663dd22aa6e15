//! Bands without gap or overlap, defined from 0 to the top.

use rust_decimal::Decimal;

use super::Checker;
use crate::pack::{Band, GradeBand, GradedLevel, PointBand};

/// Edges of one band.
type Edges = (Decimal, Option<Decimal>);

impl Checker {
    /// Bands of a rate; `top` is where they may end, otherwise the last one must be open above.
    pub(super) fn share_bands(&mut self, path: &str, bands: &[Band], top: Option<Decimal>) {
        for (index, band) in bands.iter().enumerate() {
            self.percent(&format!("{path}[{index}].share_percent"), band.share_percent);
        }
        self.cover(path, bands.iter().map(|band| (band.from, band.to)).collect(), top);
    }

    /// Bands of a score that is at most `full`.
    pub(super) fn grade_bands(&mut self, path: &str, bands: &[GradeBand], full: Decimal) {
        for (index, band) in bands.iter().enumerate() {
            if bands[..index].iter().any(|other| other.grade == band.grade) {
                self.fault(
                    format!("{path}[{index}].grade"),
                    "grades.duplicate",
                    format!("等级“{}”重复", band.grade),
                );
            }
            if band.from > full {
                let message = format!("自 {} 分起的一档高于满分 {full}，不会用到", band.from);
                self.fault(format!("{path}[{index}].from"), "rule.unreachable", message);
            }
            if band.name.trim().is_empty() {
                self.fault(format!("{path}[{index}].name"), "grades.name", "等级须有名称");
            }
        }
        self.cover(path, bands.iter().map(|band| (band.from, band.to)).collect(), None);
    }

    pub(super) fn levels(&mut self, path: &str, levels: &[GradedLevel]) {
        let edges = levels.iter().map(|level| (level.from_percent, Some(level.to_percent))).collect();
        self.cover(path, edges, Some(Decimal::ONE_HUNDRED));
    }

    /// Bands of any value, negative ones included: open at both ends.
    pub(super) fn line(&mut self, path: &str, bands: &[PointBand]) {
        let mut bands = bands.to_vec();
        bands.sort_by_key(|band| (band.from.is_some(), band.from));
        match (bands.first(), bands.last()) {
            (Some(first), Some(last)) if first.from.is_none() && last.to.is_none() => {}
            (Some(_), Some(_)) => self.fault(path, "bands.end", "最低一档不应有下限，最高一档不应有上限"),
            _ => self.fault(path, "bands.empty", "没有任何分档"),
        }
        if bands.iter().any(|band| band.from.zip(band.to).is_some_and(|(from, to)| from >= to)) {
            self.fault(path, "bands.order", "有的一档上限不大于下限");
        }
        for pair in bands.windows(2) {
            match (pair[0].to, pair[1].from) {
                (Some(to), Some(from)) if to == from => {}
                (Some(to), Some(from)) if to < from => {
                    self.fault(path, "bands.gap", format!("{to} 至 {from} 之间没有规定"));
                }
                _ => self.fault(path, "bands.overlap", "有的档互相重叠"),
            }
        }
    }

    /// Faults of edges that do not lie side by side from 0 to `top`, or without an end.
    pub(super) fn cover(&mut self, path: &str, mut edges: Vec<Edges>, top: Option<Decimal>) {
        edges.sort();
        let Some(first) = edges.first() else {
            return self.fault(path, "bands.empty", "没有任何分档");
        };
        if first.0 > Decimal::ZERO {
            self.fault(path, "bands.start", format!("0 至 {} 没有规定", first.0));
        }
        if first.0 < Decimal::ZERO {
            self.fault(path, "bands.negative", format!("分档应自 0 起，不应自 {} 起", first.0));
        }
        for (from, to) in &edges {
            if to.is_some_and(|to| to <= *from) {
                self.fault(path, "bands.order", format!("自 {from} 起的一档上限不大于下限"));
            }
        }
        for pair in edges.windows(2) {
            let ((from, to), (next, _)) = (pair[0], pair[1]);
            match to {
                None => {
                    self.fault(path, "bands.overlap", format!("自 {from} 起的一档没有上限，与后面的档重叠"));
                }
                Some(to) if to < next => {
                    self.fault(path, "bands.gap", format!("{to} 至 {next} 之间没有规定"));
                }
                Some(to) if to > next => {
                    self.fault(path, "bands.overlap", format!("{next} 至 {to} 之间重复规定"));
                }
                Some(_) => {}
            }
        }
        match (edges.last().and_then(|last| last.1), top) {
            (None, _) => {}
            (Some(to), Some(top)) if to == top => {}
            (Some(to), Some(top)) => {
                self.fault(path, "bands.end", format!("最高一档止于 {to}，应止于 {top}"));
            }
            (Some(to), None) => {
                self.fault(path, "bands.end", format!("{to} 以上没有规定，最高一档不应有上限"));
            }
        }
    }
}
