//! Brings the many ways to print one sign to one.

/// Half-width signs, no blanks, one sign for each operator.
pub(super) fn normalize(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '０'..='９' => plain.push(char::from(b'0' + (c as u32 - '０' as u32) as u8)),
            '≧' | '⩾' => plain.push('≥'),
            '≦' | '⩽' => plain.push('≤'),
            '＝' | '﹦' | '═' => plain.push('='),
            '＞' | '﹥' => plain.push('>'),
            '＜' | '﹤' => plain.push('<'),
            '％' | '﹪' => plain.push('%'),
            '，' => plain.push(','),
            '．' => plain.push('.'),
            '（' => plain.push('('),
            '）' => plain.push(')'),
            '～' | '∼' => plain.push('~'),
            '－' | '–' | '﹣' | '−' => plain.push('-'),
            '＋' => plain.push('+'),
            '／' => plain.push('/'),
            c if c.is_whitespace() || c == '\u{feff}' => {}
            c => plain.push(c),
        }
    }
    plain.replace(">=", "≥").replace("=>", "≥").replace("<=", "≤").replace("=<", "≤").replace("==", "=")
}
