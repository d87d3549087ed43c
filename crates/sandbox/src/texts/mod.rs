//! Spoken texts of invented short videos: a hook, some points in any order, a closing, all of one topic.
//! The stock is written by hand; which parts come together follows from the video's seed alone.

mod balcony;
mod city;
mod cooking;
mod fitness;
mod money;
mod parenting;
mod photography;
mod renting;
mod repair;
mod shops;
mod study;
mod travel;

use crate::dice::Dice;

/// Characters that a person speaks in a second.
const SPEED: f64 = 4.5;

const TOPICS: &[&Topic] = &[
    &cooking::COOKING,
    &renting::RENTING,
    &shops::SHOPS,
    &study::STUDY,
    &balcony::BALCONY,
    &travel::TRAVEL,
    &fitness::FITNESS,
    &photography::PHOTOGRAPHY,
    &parenting::PARENTING,
    &money::MONEY,
    &city::CITY,
    &repair::REPAIR,
];

/// The stock of one topic. `{n}` in a title or a hook stands for the number of points.
struct Topic {
    tags: &'static [&'static str],
    authors: &'static [&'static str],
    titles: &'static [&'static str],
    hooks: &'static [&'static str],
    /// A second paragraph that some videos have.
    contexts: &'static [&'static str],
    /// How its points may be counted.
    counting: &'static [Counting],
    /// Each with what it says, why, and an experience; none refers to another.
    points: &'static [[&'static str; 3]],
    /// What listeners asked and what the speaker says to it; only talkative ones come to that.
    answers: &'static [&'static str],
    closings: &'static [&'static str],
}

#[derive(Clone, Copy)]
enum Counting {
    /// The number stands between these two.
    Numbered(&'static str, &'static str),
    /// First, then, finally.
    Linked,
}

const TIPS: &[Counting] =
    &[Counting::Numbered("第", "，"), Counting::Numbered("第", "个，"), Counting::Linked];

const NUMERALS: &[&str] = &["零", "一", "二", "三", "四", "五", "六", "七", "八"];
const LINKS: &[&str] = &["其次，", "然后，", "还有，", "接下来，", "另外，"];

/// What a video says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Talk {
    /// With hash tags, as a caption has them.
    pub(crate) title: String,
    pub(crate) author: &'static str,
    pub(crate) text: String,
}

impl Talk {
    /// Of about 150 to 1,500 characters.
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let topic = dice.pick(TOPICS);
        compose(topic, &mut dice)
    }

    /// Of exactly this many characters, as the recording of an evening in which one subject follows the other.
    pub(crate) fn of_length(seed: u64, characters: usize) -> Self {
        let mut dice = Dice::new(seed);
        let first = dice.below(TOPICS.len());
        let mut talk = compose(TOPICS[first], &mut dice);
        let mut next = first;
        while talk.characters() < characters {
            next = (next + 1) % TOPICS.len();
            talk.text.push_str("\n\n");
            talk.text.push_str(&compose(TOPICS[next], &mut dice).text);
        }
        talk.text = talk.text.chars().take(characters).collect();
        talk
    }

    pub(crate) fn characters(&self) -> usize {
        self.text.chars().count()
    }

    /// The length of its video in seconds, to one decimal.
    pub(crate) fn seconds(&self) -> f64 {
        (self.characters() as f64 / SPEED * 10.0).round() / 10.0
    }
}

fn compose(topic: &Topic, dice: &mut Dice) -> Talk {
    let count = 3 + dice.below(5);
    let numeral = NUMERALS[count];
    let mut order: Vec<usize> = (0..topic.points.len()).collect();
    dice.shuffle(&mut order);
    let counting = dice.pick(topic.counting);
    // How much this speaker says: from the bare points to points with reason and experience, and then some answers.
    let wordiness = dice.below(4);

    let mut paragraphs = vec![dice.pick(topic.hooks).replace("{n}", numeral)];
    // Whoever says little on each point says at least why they speak at all.
    if wordiness == 0 || dice.below(2) == 0 {
        paragraphs.push(dice.pick(topic.contexts).to_owned());
    }
    for (position, point) in order.iter().take(count).enumerate() {
        let mut paragraph = opening(counting, position, count);
        let sentences = match wordiness {
            0 => 1 + (position + 1) % 2,
            1 => 2 + dice.below(2),
            _ => 3,
        };
        paragraph.extend(topic.points[*point].iter().take(sentences).copied());
        paragraphs.push(paragraph);
    }
    if wordiness == 3 {
        let mut answers = topic.answers.to_vec();
        dice.shuffle(&mut answers);
        answers.truncate(1 + dice.below(answers.len()));
        paragraphs.extend(answers.into_iter().map(str::to_owned));
    }
    paragraphs.push(dice.pick(topic.closings).to_owned());

    let mut tags = topic.tags.to_vec();
    dice.shuffle(&mut tags);
    tags.truncate(2 + dice.below(3));
    let title = dice.pick(topic.titles).replace("{n}", numeral);
    let title = tags.iter().fold(title, |title, tag| title + " #" + tag);
    // Some services give paragraphs, some one block; a speaker's text here is always one or the other.
    let text = paragraphs.join(if dice.below(2) == 0 { "\n" } else { "" });
    Talk { title, author: dice.pick(topic.authors), text }
}

fn opening(counting: Counting, position: usize, count: usize) -> String {
    match counting {
        Counting::Numbered(before, behind) => format!("{before}{}{behind}", NUMERALS[position + 1]),
        Counting::Linked if position == 0 => "首先，".to_owned(),
        Counting::Linked if position + 1 == count => "最后，".to_owned(),
        Counting::Linked => LINKS[(position - 1) % LINKS.len()].to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_talk_has_the_length_of_a_short_video() {
        let lengths: Vec<usize> =
            (0..5000).map(|seed| Talk::new(crate::dice::mix(seed)).characters()).collect();
        let shortest = lengths.iter().min().unwrap();
        let longest = lengths.iter().max().unwrap();
        assert!((150..260).contains(shortest), "shortest {shortest}");
        assert!((900..=1500).contains(longest), "longest {longest}");
    }

    #[test]
    fn a_seed_gives_the_same_talk_again_and_another_seed_another_one() {
        assert_eq!(Talk::new(7), Talk::new(7));
        let texts: HashSet<String> = (0..2000).map(|seed| Talk::new(seed).text).collect();
        assert_eq!(texts.len(), 2000);
    }

    #[test]
    fn no_placeholder_is_left_in_a_talk() {
        for seed in 0..2000 {
            let talk = Talk::new(seed);
            assert!(!talk.title.contains('{') && !talk.text.contains('{'), "{}", talk.title);
        }
    }

    #[test]
    fn the_number_in_the_hook_is_the_number_of_points_told() {
        for seed in 0..500 {
            let text = Talk::new(seed).text;
            let told = (3..NUMERALS.len()).rev().find(|n| {
                ["，", "个，"].iter().any(|end| text.contains(&format!("第{}{end}", NUMERALS[*n])))
            });
            if let Some(told) = told {
                let begins = |hook: &&str| text.starts_with(&hook.replace("{n}", NUMERALS[told]));
                assert!(TOPICS.iter().flat_map(|topic| topic.hooks).any(begins), "{text}");
            }
        }
    }

    #[test]
    fn every_topic_has_a_full_stock() {
        for topic in TOPICS {
            assert!(topic.points.len() >= 8 && topic.hooks.len() >= 4 && topic.closings.len() >= 4);
            assert!(topic.titles.iter().all(|title| title.contains("{n}")));
        }
    }

    #[test]
    fn a_long_talk_has_exactly_the_length_asked_for() {
        assert_eq!(Talk::of_length(3, 20_000).characters(), 20_000);
    }

    #[test]
    fn a_video_lasts_as_long_as_its_text_takes_to_say() {
        let talk = Talk { title: String::new(), author: "", text: "字".repeat(90) };
        assert_eq!(talk.seconds(), 20.0);
    }
}
