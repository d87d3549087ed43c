//! Tokens for an index in which any part of a text is found, however short.
//!
//! Runs of letters, digits and ideographs give each pair of neighbours and their last character alone: `今天好` gives
//! `今天`, `天好`, `好`. Thus two characters are one token, one character is the beginning of a token, and whatever is
//! longer is looked for by all of its pairs and then looked at, since these may stand apart in a text.

use crate::fold::{folded, is_indexed, is_plain};

/// Before the tokens of a title, which are there a second time.
const TITLE: char = '\u{e000}';
/// Before the tokens of properties.
const PROPERTY: char = '\u{e001}';
const IN_TITLE: u64 = 1 << 63;
/// Tokens that are asked for one word: enough to leave few candidates, and no query gets longer.
const ASKED: usize = 24;

/// The tokens of one document, each once.
#[derive(Debug, Default)]
pub struct Tokens {
    /// Two characters each, the second 0 where there is none.
    grams: Vec<u64>,
    properties: String,
}

impl Tokens {
    /// Adds a field; what stands in two fields is never found as one.
    pub fn add(&mut self, field: &str) {
        self.pairs(field, 0);
    }

    /// As [`Tokens::add`], found also where only titles are asked.
    pub fn add_title(&mut self, title: &str) {
        self.pairs(title, 0);
        self.pairs(title, IN_TITLE);
        let single = |c: char| IN_TITLE | gram(c, None);
        self.grams.extend(title.chars().map(folded).filter(|c| is_indexed(*c)).map(single));
    }

    /// Something that is known of the document.
    pub fn add_property(&mut self, kind: char, value: &str) {
        self.properties.push_str(&property(kind, value));
        self.properties.push(' ');
    }

    fn pairs(&mut self, field: &str, place: u64) {
        let mut before = None;
        for c in field.chars().map(folded) {
            let indexed = is_indexed(c).then_some(c);
            if let Some(before) = before {
                self.grams.push(place | gram(before, indexed));
            }
            before = indexed;
        }
        self.grams.extend(before.map(|last| place | gram(last, None)));
    }

    /// All of them with spaces between.
    pub fn finish(mut self) -> String {
        self.grams.sort_unstable();
        self.grams.dedup();
        let mut tokens = self.properties;
        tokens.reserve(self.grams.len() * 7);
        for gram in self.grams {
            if gram & IN_TITLE != 0 {
                tokens.push(TITLE);
            }
            let first = u32::try_from((gram & !IN_TITLE) >> 32).unwrap_or_default();
            // The lower half; 0 is no character that is indexed.
            let second = (gram & u64::from(u32::MAX)) as u32;
            let characters = [first, second].into_iter().filter(|c| *c != 0);
            tokens.extend(characters.filter_map(char::from_u32));
            tokens.push(' ');
        }
        tokens
    }
}

fn gram(first: char, second: Option<char>) -> u64 {
    u64::from(u32::from(first)) << 32 | second.map_or(0, |c| u64::from(u32::from(c)))
}

fn property(kind: char, value: &str) -> String {
    let mut token = String::from(PROPERTY);
    token.push(kind);
    // SQLite's tokenizer ends a token at ASCII that is no letter or digit, and makes letters small.
    for c in value.chars() {
        match c {
            'a'..='z' | '0'..='9' => token.push(c),
            '\u{80}'.. if c != PROPERTY => token.push(c),
            _ => token.push_str(&format!("{PROPERTY}{:x}{PROPERTY}", u32::from(c))),
        }
    }
    token
}

/// The part of a query that stands for a property.
pub fn property_term(kind: char, value: &str) -> String {
    format!("\"{}\"", property(kind, value))
}

/// A word that is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it stands in a folded text.
    pub folded: String,
    /// Parts of a query which all documents with the word fulfil; empty where the index knows nothing of it.
    pub terms: Vec<String>,
    /// Those of `terms` that together hold each of its characters: fewer, and so asked faster, but fulfilled by more
    /// documents without the word.
    pub few_terms: Vec<String>,
    /// As `terms`, for its standing in a title.
    pub title_terms: Vec<String>,
    /// The terms are fulfilled by documents with the word alone: they need no look at the text.
    pub exact: bool,
    plain: bool,
}

impl Word {
    /// None for what holds nothing to look for.
    pub fn new(word: &str) -> Option<Self> {
        let folded: String = word.chars().map(folded).collect();
        if folded.trim().is_empty() {
            return None;
        }
        let plain = folded.chars().all(is_plain);
        let mut asked = Self {
            folded,
            terms: Vec::new(),
            few_terms: Vec::new(),
            title_terms: Vec::new(),
            exact: false,
            plain,
        };
        let characters: Vec<_> = asked.folded.chars().collect();
        let runs = characters.split(|c| !is_indexed(*c)).filter(|run| !run.is_empty());
        for run in runs {
            if asked.terms.len() >= ASKED {
                break;
            }
            if let [one] = run {
                asked.ask(format!("\"{one}\" *"), format!("\"{TITLE}{one}\""), true);
            }
            for (at, pair) in run.windows(2).enumerate() {
                let few = at % 2 == 0 || at + 2 == run.len();
                let pair: String = pair.iter().collect();
                asked.ask(format!("\"{pair}\""), format!("\"{TITLE}{pair}\""), few);
            }
        }
        asked.exact = characters.len() <= 2 && characters.iter().all(|c| is_indexed(*c));
        Some(asked)
    }

    fn ask(&mut self, term: String, title_term: String, few: bool) {
        if self.terms.len() < ASKED && !self.terms.contains(&term) {
            if few {
                self.few_terms.push(term.clone());
            }
            self.terms.push(term);
            self.title_terms.push(title_term);
        }
    }

    /// Whether it stands in a text as it stands in the folded one.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain
    }

    /// Whether the word stands in a folded text.
    pub fn is_in(&self, folded: &str) -> bool {
        folded.contains(&self.folded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(field: &str) -> Vec<String> {
        let mut tokens = Tokens::default();
        tokens.add(field);
        let mut found: Vec<_> = tokens.finish().split_whitespace().map(str::to_owned).collect();
        found.sort();
        found
    }

    fn terms(word: &str) -> Vec<String> {
        Word::new(word).unwrap().terms
    }

    #[test]
    fn runs_give_their_pairs_and_their_last_character() {
        assert_eq!(tokens("今天好"), ["今天", "天好", "好"]);
        assert_eq!(tokens("ＡＢ，好"), ["ab", "b", "好"]);
        assert_eq!(tokens("好好好"), ["好", "好好"]);
        assert_eq!(tokens("，。!"), [""; 0]);
    }

    #[test]
    fn fields_do_not_run_into_each_other() {
        let mut both = Tokens::default();
        both.add("今");
        both.add("天");
        let tokens = both.finish();
        assert_eq!(tokens.split_whitespace().collect::<Vec<_>>(), ["今", "天"]);
    }

    #[test]
    fn a_title_is_found_twice_and_a_property_is_one_token() {
        let mut title = Tokens::default();
        title.add_title("好a");
        title.add_property('p', "wechat_channels");
        let tokens = title.finish();
        let tokens: Vec<_> = tokens.split_whitespace().collect();
        let title = |c: &str| format!("{TITLE}{c}");
        let property = format!("{PROPERTY}pwechat{PROPERTY}5f{PROPERTY}channels");
        assert_eq!(tokens[0], property);
        assert_eq!(tokens[1..], ["a", "好a", &title("a"), &title("好"), &title("好a")]);
        assert_eq!(property_term('p', "wechat_channels"), format!("\"{property}\""));
    }

    #[test]
    fn a_word_asks_for_its_pairs() {
        assert_eq!(terms("好"), ["\"好\" *"]);
        assert_eq!(terms("今天"), ["\"今天\""]);
        assert_eq!(terms("今天好"), ["\"今天\"", "\"天好\""]);
        assert_eq!(terms("今，天"), ["\"今\" *", "\"天\" *"]);
        assert_eq!(terms("😀"), ["\"😀\" *"]);
        assert_eq!(terms("……"), [""; 0]);
        assert_eq!(terms(&"天地玄黄宇宙洪荒日月".repeat(1000)).len(), 10);
        assert!(Word::new("　 \n").is_none());
    }

    #[test]
    fn only_one_and_two_characters_need_no_second_look() {
        let exact = |word| Word::new(word).unwrap().exact;
        assert!(exact("好") && exact("今天") && exact("Ａb"));
        assert!(!exact("今天好") && !exact("今，") && !exact("……"));
    }
}
