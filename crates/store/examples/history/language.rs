//! Texts as people speak them, of words as frequent as words are: most are everybody's, some belong to what the text is
//! about, and a long tail is hardly ever used. Nothing is taken from anywhere.

use crate::{
    dice::Dice,
    words::{CHARACTERS, COMMON, LATIN, PHRASES, TOPICS, UNITS},
};

/// Names and words that are rare each and many together.
const TAIL: usize = 40_000;
/// Words that are more common than all of those.
const BEFORE_TAIL: usize = 800;
/// Characters that hardly any text has.
const STRANGE: usize = 6_000;

pub(crate) struct Language {
    common: Vec<&'static str>,
    phrases: Vec<&'static str>,
    topics: Vec<Vec<&'static str>>,
    latin: Vec<&'static str>,
    units: Vec<&'static str>,
    tail: Vec<String>,
    strange: Vec<char>,
}

/// What a text is about.
pub(crate) struct Subject {
    topics: [usize; 2],
    /// Names that come again and again in it.
    names: [usize; 4],
}

impl Language {
    /// The same for all histories, so that a larger one holds what a smaller one does.
    pub(crate) fn new() -> Self {
        let dice = &mut Dice::new(1);
        let characters: Vec<char> = CHARACTERS.chars().filter(|c| !c.is_whitespace()).collect();
        let word = |dice: &mut Dice| {
            let length = [2, 2, 2, 2, 2, 3, 3, 4][dice.below(8)];
            (0..length).map(|_| characters[dice.rank(characters.len())]).collect()
        };
        let tail = (0..TAIL).map(|_| word(dice)).collect();
        // Spread over the block of ideographs, so that neighbours in frequency are none in the alphabet.
        let strange =
            (0..STRANGE as u32).filter_map(|at| char::from_u32(0x4e00 + at * 7919 % 20_900));
        let strange = strange.filter(|c| !characters.contains(c)).collect();
        let words = |text: &'static str| text.split(' ').collect::<Vec<_>>();
        Self {
            common: words(COMMON),
            phrases: words(PHRASES),
            topics: TOPICS.map(words).to_vec(),
            latin: words(LATIN),
            units: words(UNITS),
            tail,
            strange,
        }
    }

    pub(crate) fn subject(&self, dice: &mut Dice) -> Subject {
        Subject {
            topics: [dice.rank(TOPICS.len()), dice.below(TOPICS.len())],
            names: std::array::from_fn(|_| dice.below(TAIL)),
        }
    }

    /// A transcript of so many characters: sentences with punctuation, figures and Latin words in between.
    pub(crate) fn text(&self, dice: &mut Dice, subject: &Subject, length: usize) -> String {
        let mut text = String::with_capacity(length * 3 + 64);
        let (mut characters, mut words) = (0, 0);
        while characters < length {
            let before = text.len();
            self.word(dice, subject, &mut text);
            words += 1;
            if words > 4 + dice.below(9) {
                text.push(['，', '，', '，', '。', '。', '！', '？', '、'][dice.below(8)]);
                words = 0;
            }
            characters += text[before..].chars().count();
        }
        let end = text.char_indices().nth(length - 1).map_or(text.len(), |(at, _)| at);
        text.truncate(end);
        text.push('。');
        text
    }

    fn word(&self, dice: &mut Dice, subject: &Subject, text: &mut String) {
        match dice.below(1000) {
            0..500 => text.push_str(self.common[dice.rank(self.common.len())]),
            500..780 => {
                let topic = &self.topics[subject.topics[usize::from(dice.chance(250))]];
                text.push_str(topic[dice.rank(topic.len())]);
            }
            780..830 => text.push_str(&self.tail[subject.names[dice.below(4)]]),
            830..958 => text.push_str(self.seldom(dice)),
            958..962 => text.push_str(self.phrases[dice.rank(self.phrases.len())]),
            962..980 => text.push_str(self.latin[dice.rank(self.latin.len())]),
            980..998 => {
                let number = [dice.below(10), dice.below(100), dice.below(3000)][dice.below(3)];
                text.push_str(&number.to_string());
                text.push_str(self.units[dice.below(self.units.len())]);
            }
            _ => text.push(self.strange[dice.rank(self.strange.len())]),
        }
    }

    /// A word of the tail, of which none is anything like as common as those before it.
    fn seldom(&self, dice: &mut Dice) -> &str {
        &self.tail[dice.rank_behind(BEFORE_TAIL, TAIL)]
    }

    pub(crate) fn title(&self, dice: &mut Dice, subject: &Subject) -> String {
        let topic = &self.topics[subject.topics[0]];
        let word = |dice: &mut Dice| topic[dice.rank(topic.len())];
        let (one, other) = (word(dice), word(dice));
        let name = &self.tail[subject.names[0]];
        match dice.below(5) {
            0 => format!("{one}怎么选？{name}的{other}经验"),
            1 => format!("{name}｜{one}和{other}一次讲清楚"),
            2 => format!("第{}集 {one}、{other}", dice.below(200) + 1),
            3 => format!("{one}避坑 #{other} #{name}"),
            _ => format!("{}分钟学会{one}，{name}同款{other}", dice.below(20) + 1),
        }
    }

    pub(crate) fn author(&self, dice: &mut Dice) -> String {
        let name = self.seldom(dice);
        match dice.below(4) {
            0 => format!("{name}说"),
            1 => format!("小{name}"),
            2 => format!("{name}的日常"),
            _ => name.to_owned(),
        }
    }

    /// A remark of the user about a task.
    pub(crate) fn note(&self, dice: &mut Dice, subject: &Subject) -> String {
        let topic = &self.topics[subject.topics[0]];
        let name = &self.tail[subject.names[1]];
        format!("{}这段可以用，问一下{name}", topic[dice.rank(topic.len())])
    }
}
