//! Looking for the same words in many documents, one field after the other.

use memchr::memmem::Finder;

use crate::{fold::fold_into, grams::Word};

/// Words, and which of them one document has shown so far.
pub struct Seeker<'w> {
    sought: Vec<Sought<'w>>,
    left: usize,
    /// Kept from one field to the next, since each would ask for its own.
    folded: String,
}

struct Sought<'w> {
    finder: Finder<'w>,
    /// It stands in a text as it stands in the folded one.
    plain: bool,
    found: bool,
}

impl<'w> Seeker<'w> {
    pub fn new(words: &'w [Word]) -> Self {
        let sought = |word: &'w Word| Sought {
            finder: Finder::new(&word.folded),
            plain: word.is_plain(),
            found: false,
        };
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
        let mut missing = false;
        for sought in self.sought.iter_mut().filter(|sought| !sought.found) {
            if sought.plain {
                sought.found = sought.finder.find(field).is_some();
                self.left -= usize::from(sought.found);
            } else {
                missing = true;
            }
        }
        if !missing {
            return;
        }
        fold_into(&String::from_utf8_lossy(field), &mut self.folded);
        for sought in self.sought.iter_mut().filter(|sought| !sought.found && !sought.plain) {
            sought.found = sought.finder.find(self.folded.as_bytes()).is_some();
            self.left -= usize::from(sought.found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
