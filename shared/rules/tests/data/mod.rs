//! Reads the data folder for the tests.

use std::path::{Path, PathBuf};

use hengji_rules::RulePack;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(name)
}

/// Name and text of every JSON document of a folder, in order of name.
pub fn documents(name: &str) -> Vec<(String, String)> {
    let mut documents: Vec<_> = std::fs::read_dir(folder(name))
        .expect("data folder")
        .map(|entry| entry.expect("readable entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("readable file")))
        .collect();
    documents.sort();
    documents
}

/// Every shipped rule pack, variants included.
#[allow(dead_code, reason = "not every test binary that shares this module reads packs")]
pub fn packs() -> Vec<RulePack> {
    ["rule-packs", "rule-packs/variants"]
        .iter()
        .flat_map(|folder| documents(folder))
        .map(|(name, text)| RulePack::from_json(&text).unwrap_or_else(|error| panic!("{name}: {error}")))
        .collect()
}
