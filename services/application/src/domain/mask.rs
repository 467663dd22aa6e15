//! Masks personal data before a text becomes public (脱敏): id cards, phone numbers, bank accounts.
//!
//! Numbers are also found where they are written in groups (`138 0000 1111`, `6222-0000-...`). Of each the first and last
//! digits stay, so that the owner recognises it and nobody else does. Amounts with decimals, dates and codes stay as they are.

/// A run of digits in the text; the X that ends an id card belongs to it.
#[derive(Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
}

/// First and last digits that stay visible.
type Kept = (usize, usize);

const ID_CARD: Kept = (3, 2);
const PHONE: Kept = (3, 4);
const ACCOUNT: Kept = (4, 4);

/// A number is written in at most this many groups.
const MOST_GROUPS: usize = 6;

pub(crate) fn mask(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let groups = groups(&chars);
    let mut index = 0;
    while index < groups.len() {
        let longest = joined(&chars, &groups[index..]).min(MOST_GROUPS);
        let found = (1..=longest)
            .rev()
            .find_map(|count| classify(&chars, &groups[index..index + count]).map(|kept| (count, kept)));
        let Some((count, kept)) = found else {
            index += 1;
            continue;
        };
        hide(&mut chars, &groups[index..index + count], kept);
        index += count;
    }
    chars.into_iter().collect()
}

fn digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

fn groups(chars: &[char]) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !digit(chars[at]) {
            at += 1;
            continue;
        }
        let start = at;
        while at < chars.len() && digit(chars[at]) {
            at += 1;
        }
        let ends_a_word = chars.get(at + 1).is_none_or(|next| !next.is_ascii_alphanumeric());
        if at - start == 17 && chars.get(at).is_some_and(|c| matches!(c, 'X' | 'x' | 'Ｘ')) && ends_a_word {
            at += 1;
        }
        groups.push(Group { start, end: at });
    }
    groups
}

/// How many groups stand together with one space or hyphen between them.
fn joined(chars: &[char], groups: &[Group]) -> usize {
    let mut count = 1;
    for pair in groups.windows(2) {
        if pair[1].start != pair[0].end + 1 || !matches!(chars[pair[0].end], ' ' | '-' | '－') {
            break;
        }
        count += 1;
    }
    count
}

fn classify(chars: &[char], groups: &[Group]) -> Option<Kept> {
    let lengths: Vec<usize> = groups.iter().map(|group| group.end - group.start).collect();
    let all: Vec<char> =
        groups.iter().flat_map(|group| &chars[group.start..group.end]).map(|c| ascii(*c)).collect();
    match lengths.as_slice() {
        [_] => single(chars, groups[0], &all),
        [3, 4, 4] | [2, 3, 4, 4] | [2, 11] if mobile(&all) => Some(PHONE),
        [3 | 4, 7 | 8] | [3 | 4, 3 | 4, 4] if all[0] == '0' => Some(PHONE),
        [6, 8, 4] | [6, 4, 4, 4] => Some(ID_CARD),
        [4, 4, 4, rest @ ..] if rest.iter().all(|length| *length <= 4) && (16..=19).contains(&all.len()) => {
            Some(ACCOUNT)
        }
        _ => None,
    }
}

fn single(chars: &[char], group: Group, all: &[char]) -> Option<Kept> {
    let beside =
        |at: Option<usize>, mark: &[char]| at.and_then(|at| chars.get(at)).is_some_and(|c| mark.contains(c));
    let decimals = beside(Some(group.end), &['.']) && chars.get(group.end + 1).is_some_and(|c| digit(*c));
    let fraction = beside(group.start.checked_sub(1), &['.'])
        && group.start.checked_sub(2).is_some_and(|at| digit(chars[at]));
    if decimals || fraction {
        return None;
    }
    match all.len() {
        15 | 18 => Some(ID_CARD),
        16 | 17 | 19 => Some(ACCOUNT),
        11 | 13 if mobile(all) => Some(PHONE),
        11 | 12 if all[0] == '0' && all[1] != '0' => Some(PHONE),
        _ => None,
    }
}

/// A mobile number, with or without 86 before it.
fn mobile(all: &[char]) -> bool {
    let number = all.strip_prefix(&['8', '6']).filter(|rest| rest.len() == 11).unwrap_or(all);
    number.len() == 11 && number[0] == '1' && ('3'..='9').contains(&number[1])
}

fn ascii(c: char) -> char {
    match c {
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
        other => other,
    }
}

fn hide(chars: &mut [char], groups: &[Group], (first, last): Kept) {
    let places: Vec<usize> = groups.iter().flat_map(|group| group.start..group.end).collect();
    let end = places.len().saturating_sub(last);
    for place in places.get(first..end).unwrap_or_default() {
        chars[*place] = '*';
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hides_every_kind_of_personal_number_and_nothing_else() {
        for (plain, masked) in [
            ("身份证640323199001011234", "身份证640*************34"),
            ("身份证64032319900101123X。", "身份证640*************3X。"),
            ("身份证640323900101123", "身份证640**********23"),
            ("身份证640323 19900101 1234", "身份证640*** ******** **34"),
            ("电话13812345678", "电话138****5678"),
            ("电话138-1234-5678", "电话138-****-5678"),
            ("电话+86 13812345678", "电话+86 1******5678"),
            ("电话8613812345678", "电话861******5678"),
            ("电话0953-6012345", "电话095*-***2345"),
            ("电话１３８１２３４５６７８", "电话１３８****５６７８"),
            ("账号6222021234567890", "账号6222********7890"),
            ("账号6222021234567890123", "账号6222***********0123"),
            ("账号6222 0212 3456 7890 123", "账号6222 **** **** ***0 123"),
            ("转入 2021 年 13812345678 与 13987654321", "转入 2021 年 138****5678 与 139****4321"),
            ("金额13812345678.00元", "金额13812345678.00元"),
            ("2021-12-31 共 9 项，1781.56 万元", "2021-12-31 共 9 项，1781.56 万元"),
            ("区划640323000，单位219001", "区划640323000，单位219001"),
            ("", ""),
        ] {
            assert_eq!(mask(plain), masked);
        }
    }

    proptest! {
        #[test]
        fn only_digits_are_hidden_and_the_length_stays(text in "[0-9X. \\-张户]{0,40}") {
            let masked = mask(&text);
            prop_assert_eq!(masked.chars().count(), text.chars().count());
            for (before, after) in text.chars().zip(masked.chars()) {
                prop_assert!(before == after || (after == '*' && (before.is_ascii_digit() || before == 'X')));
            }
        }
    }
}
