//! Words of a Chinese text.

use std::sync::LazyLock;

use jieba_rs::Jieba;

use crate::domain::fold;

/// Loaded at the first text: half a second and some 40 MB that a service which is never searched does not spend.
static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Every word an indicator may be found by: those of the dictionary, long and short, and single characters.
pub(super) fn of_text(text: &str) -> Vec<String> {
    let text = fold(text);
    let cut = DICTIONARY.cut_for_search(&text, false);
    let mut words: Vec<String> =
        cut.iter().filter(|token| is_word(token.word)).map(|token| token.word.to_owned()).collect();
    words.extend(text.chars().filter(|letter| letter.is_alphanumeric()).map(String::from));
    words.sort_unstable();
    words.dedup();
    words
}

/// The words of a question, each of which an indicator must have.
pub(super) fn of_query(query: &str) -> Vec<String> {
    let query = fold(query);
    let mut words: Vec<String> = Vec::new();
    for part in query.split(|letter: char| letter.is_whitespace() || letter.is_control()) {
        for token in DICTIONARY.cut(part, false) {
            if is_word(token.word) && !words.iter().any(|word| word == token.word) {
                words.push(token.word.to_owned());
            }
        }
    }
    words
}

/// The words of a description that say what it is about.
pub(super) fn of_description(text: &str) -> Vec<String> {
    let mut words = of_text(text);
    words.retain(|word| word.chars().nth(1).is_some());
    words
}

fn is_word(token: &str) -> bool {
    token.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_long_and_short_words_and_characters() {
        let words = of_text("农村道路保洁PM2.5完成率，100%！");
        for word in ["农村", "道路", "保洁", "完成", "率", "pm2", "100"] {
            assert!(words.iter().any(|found| found == word), "{word} in {words:?}");
        }
        assert!(!words.iter().any(|word| word == "，" || word == "！"));
    }

    #[test]
    fn a_question_is_cut_into_its_words() {
        assert_eq!(of_query("道路 保洁\u{0}覆盖"), ["道路", "保洁", "覆盖"]);
        assert!(of_query(" ，%! ").is_empty());
    }

    #[test]
    fn a_description_is_about_its_longer_words() {
        assert!(of_description("对全县农村道路保洁").iter().all(|word| word.chars().count() > 1));
    }
}
