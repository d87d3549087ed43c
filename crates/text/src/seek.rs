//! Looking for the same words in many documents, one field after the other.

use memchr::{memchr3, memmem::Finder};

use crate::{
    fold::{fold_into, folded, is_plain},
    grams::Word,
};

/// In longer words no part is looked for first: one over and over in a text would be compared again and again.
const LONGEST: usize = 32;

/// Words, and which of them one document has shown so far.
pub struct Seeker<'w> {
    sought: Vec<Sought<'w>>,
    left: usize,
    /// Kept from one field to the next, since each would ask for its own.
    folded: String,
}

struct Sought<'w> {
    way: Way<'w>,
    found: bool,
}

/// How a word is found without folding whole texts for it.
enum Way<'w> {
    /// As it stands.
    Plain(Finder<'w>),
    /// A part of it as it stands, then what is around.
    Part(Finder<'static>, Around),
    /// A letter or digit of it in all its forms, then what is around.
    Letter([u8; 3], Around),
    /// In the folded text.
    Folded(Finder<'w>),
}

impl<'w> Seeker<'w> {
    pub fn new(words: &'w [Word]) -> Self {
        let sought = |word: &'w Word| Sought { way: Way::of(word), found: false };
        let sought: Vec<_> = words.iter().map(sought).collect();
        Self { left: sought.len(), sought, folded: String::new() }
    }

    /// Another document: nothing of it has been seen.
    pub fn begin(&mut self) {
        self.left = self.sought.len();
        self.sought.iter_mut().for_each(|sought| sought.found = false);
    }

    /// Whether the document has all words, each in one of the fields that were seen.
    pub fn is_done(&self) -> bool {
        self.left == 0
    }

    /// Sees one field, which is not folded.
    pub fn see(&mut self, field: &[u8]) {
        let mut has_text = false;
        for sought in self.sought.iter_mut().filter(|sought| !sought.found) {
            if let Way::Plain(finder) = &sought.way {
                sought.found = finder.find(field).is_some();
                self.left -= usize::from(sought.found);
            } else {
                has_text = true;
            }
        }
        if !has_text {
            return;
        }
        let text = &*String::from_utf8_lossy(field);
        let mut is_folded = false;
        for sought in self.sought.iter_mut().filter(|sought| !sought.found) {
            sought.found = match &sought.way {
                Way::Plain(_) => false,
                Way::Part(finder, around) => {
                    around.is_at_one(text, |from| finder.find(&text.as_bytes()[from..]))
                }
                Way::Letter([a, b, c], around) => {
                    around.is_at_one(text, |from| memchr3(*a, *b, *c, &text.as_bytes()[from..]))
                }
                Way::Folded(finder) => {
                    if !is_folded {
                        fold_into(text, &mut self.folded);
                        is_folded = true;
                    }
                    finder.find(self.folded.as_bytes()).is_some()
                }
            };
            self.left -= usize::from(sought.found);
        }
    }
}

impl<'w> Way<'w> {
    fn of(word: &'w Word) -> Self {
        if word.is_plain() {
            return Self::Plain(Finder::new(&word.folded));
        }
        let characters: Vec<char> = word.folded.chars().collect();
        if characters.len() > LONGEST {
            return Self::Folded(Finder::new(&word.folded));
        }
        let runs = characters.chunk_by(|a, b| is_plain(*a) == is_plain(*b));
        let places = runs.scan(0, |at, run| {
            *at += run.len();
            Some((*at - run.len(), run))
        });
        let longest = places.filter(|(_, run)| is_plain(run[0])).max_by_key(|(_, run)| run.len());
        if let Some((at, run)) = longest {
            let part: String = run.iter().collect();
            return Self::Part(
                Finder::new(&part).into_owned(),
                Around::new(&characters, at, run.len()),
            );
        }
        // Whatever becomes a letter or a digit is that, its capital, or its full width, which begins with this byte in
        // UTF-8; but `k` is a kelvin too.
        let full_width = 0xef;
        let letter = |c: &char| c.is_ascii_alphanumeric() && *c != 'k';
        match characters.iter().position(letter) {
            Some(at) => {
                let small = u8::try_from(characters[at]).unwrap_or_default();
                let bytes = [small, small.to_ascii_uppercase(), full_width];
                Self::Letter(bytes, Around::new(&characters, at, 0))
            }
            None => Self::Folded(Finder::new(&word.folded)),
        }
    }
}

/// What is around a part of a word, folded.
struct Around {
    /// From the part to the beginning.
    before: Vec<char>,
    /// How many bytes the part takes.
    part: usize,
    behind: Vec<char>,
}

impl Around {
    fn new(characters: &[char], at: usize, length: usize) -> Self {
        let part = &characters[at..at + length];
        Self {
            before: characters[..at].iter().rev().copied().collect(),
            part: part.iter().map(|c| c.len_utf8()).sum(),
            behind: characters[at + length..].to_vec(),
        }
    }

    /// Whether the whole word stands at one of the places that `next` names from a place on.
    fn is_at_one(&self, text: &str, next: impl Fn(usize) -> Option<usize>) -> bool {
        let mut from = 0;
        while let Some(found) = next(from) {
            let at = from + found;
            if self.is_at(text, at) {
                return true;
            }
            // Words may overlap themselves.
            from = at + 1;
        }
        false
    }

    fn is_at(&self, text: &str, at: usize) -> bool {
        let mut before = text[..at].chars().rev().map(folded);
        let mut behind = text[at + self.part..].chars().map(folded);
        self.before.iter().all(|c| before.next() == Some(*c))
            && self.behind.iter().all(|c| behind.next() == Some(*c))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fold::fold;

    fn found(asked: &[&str], fields: &[&str]) -> bool {
        let words: Vec<Word> = asked.iter().map(|word| Word::new(word).unwrap()).collect();
        let mut seeker = Seeker::new(&words);
        // What another document had is forgotten.
        asked.iter().for_each(|word| seeker.see(word.as_bytes()));
        assert!(seeker.is_done());
        seeker.begin();
        fields.iter().for_each(|field| seeker.see(field.as_bytes()));
        seeker.is_done()
    }

    #[test]
    fn words_are_found_whatever_their_width_and_case() {
        assert!(found(&["红烧肉", "gpt四", "ｎｏ"], &["做红烧肉，问ＧＰＴ四", "No."]));
        assert!(found(&["，", "！"], &["好,", "好!"]));
        assert!(!found(&["红烧肉"], &["红烧", "肉"]), "a word stands in one field");
        assert!(!found(&["红烧肉", "no"], &["红烧肉", "n o"]), "all words are wanted");
        assert!(!found(&["no"], &[]));
    }

    #[test]
    fn what_is_no_text_is_looked_at_too() {
        let words = [Word::new("好").unwrap(), Word::new("ok").unwrap()];
        let mut seeker = Seeker::new(&words);
        seeker.see(b"\xff\xe5\xa5\xbd OK\xff");
        assert!(seeker.is_done());
    }

    #[test]
    fn only_what_is_looked_for_becomes_a_letter_or_digit() {
        for c in '\0'..=char::MAX {
            let small = folded(c);
            if small.is_ascii_alphanumeric() && small != 'k' {
                let is_full = c.to_string().as_bytes()[0] == 0xef;
                assert!(c.to_ascii_lowercase() == small || is_full, "{c:?}");
            }
        }
    }

    fn pieces() -> impl Strategy<Value = String> {
        "([一好的aAbBkKｋＫ\u{212a}İ1１２éÉ，,。 　a]|一一|ab|AB){0,40}"
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn what_is_seen_is_what_stands_in_the_folded_text(
            text in pieces(), words in proptest::collection::vec("[一好aAbkＫ1１é，, ]{1,4}", 1..3),
        ) {
            let known: Vec<Word> = words.iter().filter_map(|word| Word::new(word)).collect();
            let mut seeker = Seeker::new(&known);
            seeker.see(text.as_bytes());
            let folded = fold(&text);
            let expected = known.iter().all(|word| folded.contains(&word.folded));
            prop_assert_eq!(seeker.is_done(), expected);
        }
    }
}
