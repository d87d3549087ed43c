//! Drops the names of speakers at the beginnings of lines.
//!
//! `说话人1：` and the like are labels wherever they stand; any other name where it begins several lines, and then those
//! that look like it too: a guest who speaks once is no less named than the host. Stamps before a label stay.

use std::{borrow::Cow, collections::HashMap};

use super::{stamp, stamps};

/// A name is never longer, in characters.
const LONGEST: usize = 16;
/// A Chinese name, a role or a nickname is hardly longer.
const LONGEST_CHINESE: usize = 6;
/// What transcribers number, in small letters.
const NUMBERED: [&str; 10] = [
    "说话人",
    "发言人",
    "讲话人",
    "演讲者",
    "说话者",
    "讲述人",
    "speaker",
    "spk",
    "speaker_",
    "spk_",
];
/// Words before a colon that head a part of the text instead of naming who speaks.
const HEADINGS: [&str; 36] = [
    "注意", "优点", "缺点", "总结", "标题", "步骤", "问题", "答案", "原因", "例如", "比如", "结论",
    "食材", "用料", "做法", "时间", "地点", "价格", "材料", "提示", "备注", "重点", "链接", "话题",
    "简介", "结果", "方法", "好处", "坏处", "建议", "作者", "来源", "地址", "电话", "note", "tips",
];

/// Words that a sentence begins with, and with which it introduces what is said: no names.
const PRONOUNS: [char; 8] = ['我', '你', '您', '他', '她', '它', '这', '那'];
const VERBS: [char; 10] = ['说', '道', '问', '答', '讲', '喊', '想', '是', '有', '下'];

pub(super) fn dropped(text: &str) -> String {
    let chains: Vec<(&str, Chain)> = text.split('\n').map(|line| (line, Chain::of(line))).collect();
    let mut lines: HashMap<&str, usize> = HashMap::new();
    for (_, chain) in &chains {
        let mut names: Vec<&str> = chain.labels.iter().map(|label| label.name).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            *lines.entry(name).or_default() += 1;
        }
    }
    let repeated = |label: &Label| {
        lines.get(label.name).is_some_and(|lines| *lines > 1) && may_name(label.name)
    };
    let speaks = |label: &Label| is_sure(label.name) || repeated(label);
    let mut shapes: Vec<Shape> = Vec::new();
    for label in chains.iter().flat_map(|(_, chain)| &chain.labels).filter(|label| repeated(label))
    {
        match shapes.iter_mut().find(|shape| shape.is_like(label)) {
            Some(shape) => shape.longest = shape.longest.max(label.name.chars().count()),
            None => shapes.push(Shape::of(label)),
        }
    }
    let mut kept: Vec<Cow<'_, str>> = Vec::with_capacity(chains.len());
    for (line, chain) in &chains {
        let (before, words) = line.split_at(chain.lead);
        let first = chain.labels.first();
        let led = chain.labels.iter().take_while(|label| speaks(label)).last();
        let led = led.or(first.filter(|label| shapes.iter().any(|shape| shape.fits(label))));
        let rest = match led {
            Some(label) => line[label.end..].trim_start(),
            None if is_sure(words.trim()) => "",
            None => {
                kept.push(Cow::Borrowed(line));
                continue;
            }
        };
        if rest.is_empty() {
            let before = before.trim_end();
            kept.extend((!before.is_empty()).then_some(Cow::Borrowed(before)));
        } else {
            kept.push(Cow::Owned(format!("{before}{rest}")));
        }
    }
    kept.join("\n")
}

/// How the labels of a text are written.
struct Shape {
    mark: char,
    is_chinese: bool,
    /// In characters.
    longest: usize,
}

impl Shape {
    fn of(label: &Label<'_>) -> Self {
        let is_chinese = label.name.chars().any(super::kind::is_cjk);
        Self { mark: label.mark, is_chinese, longest: label.name.chars().count() }
    }

    fn is_like(&self, label: &Label<'_>) -> bool {
        let other = Self::of(label);
        (self.mark, self.is_chinese) == (other.mark, other.is_chinese)
    }

    /// Whether a label that stands there once is one like the others.
    fn fits(&self, label: &Label<'_>) -> bool {
        let name = label.name;
        // Nothing tells a name of another alphabet from any other word.
        let room = if self.is_chinese { self.longest + 1 } else { self.longest };
        self.is_like(label)
            && name.chars().count() <= room
            && may_name(name)
            && !name.starts_with(PRONOUNS)
            && !name.ends_with(VERBS)
    }
}

/// Whether a line begins as one does that says who speaks.
pub(super) fn begins(line: &str) -> bool {
    Chain::label(line, 0).is_some() || is_sure(line)
}

/// A name and a colon.
#[derive(Debug, PartialEq, Eq)]
struct Label<'a> {
    name: &'a str,
    mark: char,
    /// Where it ends in its line, in bytes.
    end: usize,
}

/// The labels that a line begins with, one behind the other.
struct Chain<'a> {
    /// Where they begin, in bytes: behind stamps.
    lead: usize,
    labels: Vec<Label<'a>>,
}

impl<'a> Chain<'a> {
    fn of(line: &'a str) -> Self {
        let mut labels = Vec::new();
        let lead = stamps::lead(line);
        let mut at = lead;
        while let Some(label) = Self::label(line, at) {
            at = label.end;
            labels.push(label);
        }
        Self { lead, labels }
    }

    fn label(line: &'a str, from: usize) -> Option<Label<'a>> {
        let rest = &line[from..];
        let begin = from + (rest.len() - rest.trim_start().len());
        let rest = &line[begin..];
        let (colon, mark) =
            rest.char_indices().take(LONGEST + 2).find(|(_, c)| matches!(c, ':' | '：'))?;
        let behind = &rest[colon + mark.len_utf8()..];
        let name = rest[..colon].trim_end();
        // `https://` is no speaker, and `10:30` no name.
        let is_name = is_name(name) && !behind.starts_with("//");
        is_name.then(|| Label { name, mark, end: line.len() - behind.len() })
    }
}

fn is_name(name: &str) -> bool {
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '·' | '.' | '-');
    name.chars().next().is_some_and(char::is_alphabetic) && name.chars().all(is_inside)
}

/// Whether a name that begins several lines may be that of somebody.
fn may_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let chinese = name.chars().filter(|c| super::kind::is_cjk(*c)).count();
    !name.starts_with('第')
        && chinese <= LONGEST_CHINESE
        && !HEADINGS
            .iter()
            .any(|heading| lower.trim_end_matches(|c: char| c.is_ascii_digit()) == *heading)
}

/// `说话人 1`, `Speaker_02`, `发言人A`: what only a transcriber writes.
pub(super) fn is_sure(label: &str) -> bool {
    let label = label.trim();
    if label.chars().count() > LONGEST {
        return false;
    }
    let lower = label.to_lowercase();
    NUMBERED.iter().any(|word| {
        let Some(number) = lower.strip_prefix(word) else { return false };
        let number = number.trim_start();
        let is_digits =
            (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        let mut letters = number.chars();
        let is_letter = matches!(
            (letters.next(), letters.next()),
            (
                Some(
                    'a'..='z'
                        | '一'
                        | '二'
                        | '三'
                        | '四'
                        | '五'
                        | '六'
                        | '七'
                        | '八'
                        | '九'
                        | '十'
                        | '甲'
                        | '乙'
                        | '丙'
                ),
                None
            )
        );
        (is_digits || is_letter) && stamp::at_start(number).is_none()
    })
}
