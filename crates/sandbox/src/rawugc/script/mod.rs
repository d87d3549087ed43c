//! What an invented video shows and says, in Chinese or English: the stuff that analyses, finds and plans are made of.

mod chinese;
mod english;

use crate::{
    dice,
    dice::Dice,
    link::{self, Site},
    texts::Talk,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Chinese,
    English,
}

impl Language {
    /// Chinese for Chinese words and for links of Chinese sites, otherwise English.
    pub(super) fn of(text: &str) -> Self {
        let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let site = link::first_link(text).map_or(Site::Other, Site::of);
        if site != Site::Other || text.chars().any(is_chinese) {
            Self::Chinese
        } else {
            Self::English
        }
    }

    /// As an id keeps it.
    pub(super) fn digit(self) -> u64 {
        self as u64
    }

    pub(super) fn from_digit(digit: u64) -> Self {
        if digit == Self::English.digit() { Self::English } else { Self::Chinese }
    }

    pub(super) fn stock(self) -> &'static Stock {
        match self {
            Self::Chinese => &chinese::STOCK,
            Self::English => &english::STOCK,
        }
    }
}

/// Sentences that fit any video of a language. `{tag}` and `{hook}` stand for those of the video.
pub(super) struct Stock {
    pub(super) visuals: &'static [&'static str],
    /// `{said}` stands for the beginning of what is said.
    pub(super) audios: &'static [&'static str],
    pub(super) whys: &'static [&'static str],
    pub(super) attributes: &'static [&'static str],
    pub(super) hooks: &'static [&'static str],
    pub(super) wins: &'static [&'static str],
    pub(super) gaps: &'static [&'static str],
    pub(super) shots: &'static [&'static str],
    pub(super) blueprints: &'static [Blueprint],
    pub(super) sounds: &'static [&'static str],
}

pub(super) struct Blueprint {
    pub(super) category: &'static str,
    pub(super) strategy: &'static str,
    /// `{n}` stands for a number of videos out of ten.
    pub(super) evidence: &'static str,
    pub(super) outline: &'static str,
}

/// A video's own words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Script {
    pub(super) language: Language,
    /// Without hash tags.
    pub(super) title: String,
    pub(super) handle: &'static str,
    pub(super) hook: String,
    /// Three to seven.
    pub(super) points: Vec<String>,
    pub(super) closing: String,
    /// Without the hash.
    pub(super) tags: Vec<String>,
    pub(super) seconds: f64,
}

const HANDLES: &[&str] = &[
    "balcony.farmer",
    "slow.kitchen",
    "desk.notes",
    "rent.smart",
    "twelfth.floor",
    "plain.skin",
    "lunch.diary",
    "fixit.zhou",
    "small.budget",
    "morning.tram",
];

impl Script {
    pub(super) fn new(seed: u64, language: Language) -> Self {
        let mut dice = Dice::new(dice::mix(seed ^ 0x5c21_9700));
        let handle = dice.pick(HANDLES);
        match language {
            Language::Chinese => of_talk(seed, handle, &mut dice),
            Language::English => english::compose(handle, &mut dice),
        }
    }

    /// How well it fits what was asked for, from 0 to 1.
    pub(super) fn fit(&self, query: &str) -> f64 {
        let text = format!("{} {}", self.caption(), self.points.join(" ")).to_lowercase();
        let wanted = words(&query.to_lowercase());
        let there = wanted.iter().filter(|word| text.contains(word.as_str())).count();
        there as f64 / wanted.len().max(1) as f64
    }

    /// The title with its tags, as a post has them.
    pub(super) fn caption(&self) -> String {
        self.tags.iter().fold(self.title.clone(), |caption, tag| caption + " #" + tag)
    }
}

/// The talk that the other services transcribe from the same link.
fn of_talk(seed: u64, handle: &'static str, dice: &mut Dice) -> Script {
    let talk = Talk::new(seed);
    let seconds = talk.seconds();
    let mut parts = talk.title.split(" #").map(str::to_owned);
    let title = parts.next().unwrap_or_default();
    let ends = ['。', '？', '！', '\n'];
    let sentences = talk.text.split_inclusive(ends).map(str::trim);
    let mut sentences: Vec<String> =
        sentences.filter(|sentence| !sentence.is_empty()).map(str::to_owned).collect();
    let closing = sentences.pop().unwrap_or_default();
    let hook = if sentences.is_empty() { title.clone() } else { sentences.remove(0) };
    let count = 3 + dice.below(5);
    // Spread over the whole, in order.
    let step = (sentences.len() / count).max(1);
    let points = sentences.into_iter().step_by(step).take(count).collect();
    Script {
        language: Language::Chinese,
        title,
        handle,
        hook,
        points,
        closing,
        tags: parts.collect(),
        seconds,
    }
}

/// At most so many of the first characters and no part of an English word, with dots where something was left out.
pub(super) fn beginning(text: &str, characters: usize) -> String {
    let short: String = text.chars().take(characters).collect();
    if short.len() == text.len() {
        return short;
    }
    let whole_words = short.rfind(' ').map_or(short.as_str(), |space| &short[..space]);
    whole_words.trim_end_matches(['，', ',', '.']).to_owned() + "…"
}

/// Words between spaces; of Chinese, which has none, pairs of characters.
fn words(query: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in query.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let characters: Vec<char> = word.chars().collect();
        if word.is_ascii() || characters.len() < 3 {
            words.push(word.to_owned());
        } else {
            words.extend(characters.windows(2).map(|pair| pair.iter().collect::<String>()));
        }
    }
    words
}

/// So many different ones, in any order.
pub(super) fn some<'a>(stock: &[&'a str], count: usize, dice: &mut Dice) -> Vec<&'a str> {
    let mut stock = stock.to_vec();
    dice.shuffle(&mut stock);
    stock.truncate(count);
    stock
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_has_all_its_parts_in_either_language() {
        for language in [Language::Chinese, Language::English] {
            for seed in 0..300 {
                let script = Script::new(dice::mix(seed), language);
                assert!((3..=7).contains(&script.points.len()), "{script:?}");
                assert!(script.points.iter().all(|point| !point.is_empty()));
                assert!(!script.title.is_empty() && !script.tags.is_empty(), "{script:?}");
                assert!(!script.hook.is_empty() && !script.closing.is_empty(), "{script:?}");
                assert!(!script.caption().contains('{') && !script.hook.contains('{'));
            }
        }
    }

    #[test]
    fn chinese_words_and_sites_are_answered_in_chinese() {
        assert_eq!(Language::of("https://v.douyin.com/abc/"), Language::Chinese);
        assert_eq!(Language::of("番茄"), Language::Chinese);
        assert_eq!(Language::of("tomatoes"), Language::English);
        assert_eq!(Language::of("https://www.tiktok.com/@a/video/1"), Language::English);
        for language in [Language::Chinese, Language::English] {
            assert_eq!(Language::from_digit(language.digit()), language);
        }
    }

    #[test]
    fn a_beginning_is_cut_between_characters_or_english_words() {
        assert_eq!(beginning("番茄要搭架子", 2), "番茄…");
        assert_eq!(beginning("Put the stake in", 9), "Put the…");
        assert_eq!(beginning("番茄", 2), "番茄");
    }
}
