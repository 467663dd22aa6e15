//! Project codes of the integrated platform (项目代码, 21 characters).

use hengji_kernel::{FiscalYear, RegionCode};

/// 区划 6 + year 2 + category 1 + serial 12.
const PLATFORM_LENGTH: usize = 21;

/// What is wrong with a code, if it has the platform's length; a code of any other length is a place's own and means nothing
/// to us.
pub(crate) fn fault(code: &str, region: &RegionCode, year: FiscalYear) -> Option<String> {
    if code.chars().count() != PLATFORM_LENGTH {
        return None;
    }
    let shaped = code.is_ascii() && {
        let (head, rest) = code.split_at(8);
        let (category, serial) = rest.split_at(1);
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        digits(head) && category.bytes().all(|byte| byte.is_ascii_alphanumeric()) && digits(serial)
    };
    if !shaped {
        return Some("21 位项目代码应为区划 6 位、年度 2 位、类别 1 位、顺序号 12 位".into());
    }
    let division = format!("{}000", &code[..6]);
    let above = division.parse::<RegionCode>().is_ok_and(|division| division.contains(region));
    if !above {
        return Some(format!("代码中的区划 {} 不是本区划或其上级", &code[..6]));
    }
    let filed: i32 = code[6..8].parse().unwrap_or_default();
    (filed > year.number() % 100).then(|| format!("代码中的年度 {} 晚于预算年度", &code[6..8]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_the_platforms_length_names_its_division_and_a_year_begun() {
        let (region, year) = ("640323000".parse().unwrap(), 2026.try_into().unwrap());
        for (code, sound) in [
            ("640323260000000000001", true),
            ("640323261000000000001", true),
            ("64032321T000000000001", true),
            ("64030026T000000000001", true), // its city's
            ("64000026T000000000001", true), // its province's
            ("P001", true),
            ("YC2021001", true),
            ("64032426T000000000001", false), // next door
            ("64032327T000000000001", false), // not begun
            ("64032326-000000000001", false),
            ("64032326T00000000000X", false),
            ("盐池县二〇二六年农村公路养护项目第一二三四五", true), // 22 characters: its own
        ] {
            assert_eq!(fault(code, &region, year).is_none(), sound, "{code}");
        }
    }
}
