//! Resource names (AIP-122), such as `regions/640323000/years/2021/projects/P001`.

use crate::{FiscalYear, Invalid, RegionCode};

/// The variable parts of `name` if it has exactly the shape `collections[0]/{}/collections[1]/{}/...`.
pub fn parse<'a, const N: usize>(name: &'a str, collections: [&str; N]) -> Result<[&'a str; N], Invalid> {
    let wrong = || Invalid::new("name.shape", format!("名称“{name}”应为 {}/*", collections.join("/*/")));
    let mut parts = name.split('/');
    let mut ids = [""; N];
    for (collection, id) in collections.iter().zip(ids.iter_mut()) {
        if parts.next() != Some(collection) {
            return Err(wrong());
        }
        *id = parts.next().filter(|id| is_id(id)).ok_or_else(wrong)?;
    }
    if parts.next().is_some() { Err(wrong()) } else { Ok(ids) }
}

/// The id part of `{parent}/{collection}/{id}` names below a region and year.
pub fn parse_yearly<'a>(
    name: &'a str,
    collection: &str,
) -> Result<(RegionCode, FiscalYear, &'a str), Invalid> {
    let [region, year, id] = parse(name, ["regions", "years", collection])?;
    Ok((region.parse()?, year.parse()?, id))
}

/// `regions/{region}/years/{year}/{collection}/{id}`
pub fn yearly(region: &RegionCode, year: FiscalYear, collection: &str, id: &str) -> String {
    format!("regions/{region}/years/{year}/{collection}/{id}")
}

/// The last segment of a name.
pub fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.chars().count())
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '〔' | '〕'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_only_its_own_shape() {
        let (region, year, id) =
            parse_yearly("regions/640323000/years/2021/projects/P-1", "projects").unwrap();
        assert_eq!((region.as_str(), year.number(), id), ("640323000", 2021, "P-1"));
        for wrong in [
            "regions/640323000/years/2021/projects/",
            "regions/640323000/years/2021/targets/P1",
            "regions/640323000/years/2021/projects/P1/x/y",
            "regions/640323/years/2021/projects/P1",
            "regions/640323000/years/2021/projects/../x",
            "",
        ] {
            assert!(parse_yearly(wrong, "projects").is_err(), "{wrong}");
        }
    }
}
