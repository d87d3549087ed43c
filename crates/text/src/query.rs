//! What stands in the search box, understood.
//!
//! The box holds parts with white space between them. A part is
//!
//! - a word, found as it stands: `红烧肉`, `gpt-5`, `12:30`;
//! - a quoted part, which may hold spaces, colons and what would be a filter: `"今天 天气"`; `“”`, `「」` and `＂` quote as
//!   well, and a quote that is not closed goes to the end;
//! - a filter: a key, a colon (`:` or `：`), a value, which may be quoted: `平台:抖音`, `标签:"做 菜"`. Several values stand
//!   behind one key with `,` (`，`, `、`, `|`) between them or behind a key each: `状态:失败,已取消`.
//!
//! Width and case of keys and values do not matter, save in tags. What looks like a filter, but has a value that is none,
//! is searched for as a word and told in [`Query::unknown`]. A word with a colon and no key before it is just a word.
//! To write a filter into the box, take the first word of a line below; the program's own words (`wechat_channels`)
//! always do.
//!
//! | key | values |
//! | --- | --- |
//! | `平台` `platform` | any of [`PLATFORMS`], one of them is enough |
//! | `服务商` `provider` | any of [`PROVIDERS`], likewise |
//! | `操作` `operation` | any of [`OPERATIONS`], likewise |
//! | `状态` `state` `status` | any of [`STATES`], likewise; `进行中` `active` is queued, submitting and running at once |
//! | `日期` `date` | `今天` `today`, `昨天` `yesterday`, `7天` `7d` (that many days with today), `2026`, `2026-11`, `2026-11-03`, two of the last three with `..` or `~` between them, either left out: `2026-11-01..2026-11-20`, `..2026-10`; `/` instead of `-`; the last one counts |
//! | `标签` `tag` | a tag as it was given; a task has all of them |
//! | `收藏` `starred` `star` | `是` `yes` `true` `1`, `否` `no` `false` `0`; the last one counts |
//! | `文案` `text` | as before, and `有`, `无` |

use shiwen_core::{Filter, Operation, Platform, ProviderId, Query, TaskState, Timestamp};

use crate::{day::Day, fold::fold};

/// The days of whoever searches.
pub struct Days<'a> {
    pub today: Day,
    /// When a day begins where the user is.
    pub begin: &'a dyn Fn(Day) -> Timestamp,
}

/// Words for platforms besides the program's own.
pub const PLATFORMS: &[(Platform, &[&str])] = &[
    (Platform::Douyin, &["抖音"]),
    (Platform::Kuaishou, &["快手"]),
    (Platform::Xiaohongshu, &["小红书", "rednote"]),
    (Platform::Bilibili, &["哔哩哔哩", "b站"]),
    (Platform::Toutiao, &["今日头条", "头条"]),
    (Platform::Tiktok, &["tiktok"]),
    (Platform::Weibo, &["微博"]),
    (Platform::Ixigua, &["西瓜视频", "西瓜", "xigua"]),
    (Platform::WechatChannels, &["微信视频号", "视频号", "wechat"]),
    (Platform::Youtube, &["youtube", "油管"]),
    (Platform::Other, &["其他网站", "其他"]),
];

/// As [`PLATFORMS`].
pub const PROVIDERS: &[(ProviderId, &[&str])] = &[
    (ProviderId::Momoget, &["momoget"]),
    (ProviderId::Coze, &["coze", "扣子"]),
    (ProviderId::TranscriptGenerate, &["transcriptgenerate"]),
    (ProviderId::RawUgc, &["rawugc"]),
    (ProviderId::Jimeng, &["即梦", "即梦网关"]),
];

/// As [`PLATFORMS`].
pub const OPERATIONS: &[(Operation, &[&str])] = &[
    (Operation::Transcribe, &["转写", "提取文案", "文案"]),
    (Operation::Resolve, &["视频信息", "信息", "info"]),
    (Operation::Analyze, &["画面分析", "分析", "analysis"]),
    (Operation::GenerateVideo, &["生成视频", "video"]),
    (Operation::GenerateImage, &["生成图片", "image"]),
    (Operation::GenerateMusic, &["生成音乐", "music"]),
    (Operation::Captions, &["加字幕", "字幕"]),
    (Operation::Overlay, &["加大字", "大字"]),
    (Operation::Scrape, &["找视频", "find"]),
    (Operation::Plan, &["内容计划", "计划"]),
];

/// As [`PLATFORMS`].
pub const STATES: &[(TaskState, &[&str])] = &[
    (TaskState::Queued, &["排队中", "排队"]),
    (TaskState::Submitting, &["提交中"]),
    (TaskState::Running, &["转写中", "运行中"]),
    (TaskState::Succeeded, &["已完成", "完成", "成功", "done"]),
    (TaskState::Failed, &["失败"]),
    (TaskState::Cancelled, &["已取消", "取消", "canceled"]),
    (TaskState::Uncertain, &["结果未知", "未知", "unknown"]),
];

const ACTIVE: [TaskState; 3] = [TaskState::Queued, TaskState::Submitting, TaskState::Running];
const QUOTES: [(char, char); 4] = [('"', '"'), ('“', '”'), ('＂', '＂'), ('「', '」')];
const BETWEEN: [char; 4] = [',', '，', '、', '|'];

#[derive(Clone, Copy)]
enum Key {
    Platform,
    Provider,
    Operation,
    State,
    Date,
    Tag,
    Starred,
    Text,
}

/// Reads a text in the search box.
pub fn parse(text: &str, days: &Days<'_>) -> Query {
    let mut query = Query::default();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (part, behind) = part(rest);
        rest = behind.trim_start();
        match part {
            Part::Word(word) => add(&mut query.words, word),
            Part::Filter { key, value, whole } => {
                if !narrow(&mut query.filter, key, value, days) {
                    add(&mut query.unknown, whole);
                    add(&mut query.words, whole);
                }
            }
        }
    }
    query
}

fn add(words: &mut Vec<String>, word: &str) {
    if !word.trim().is_empty() && !words.iter().any(|known| known == word) {
        words.push(word.to_owned());
    }
}

enum Part<'a> {
    Word(&'a str),
    Filter { key: Key, value: &'a str, whole: &'a str },
}

/// The first part of a text that does not begin with white space, and what stands behind it.
fn part(text: &str) -> (Part<'_>, &str) {
    if let Some((quoted, rest)) = quoted(text) {
        return (Part::Word(quoted), rest);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let colon = text[..end].char_indices().find(|(_, c)| matches!(c, ':' | '：'));
    if let Some((at, colon)) = colon
        && let Some(key) = key(&text[..at])
    {
        let behind = &text[at + colon.len_utf8()..];
        let (value, rest) =
            quoted(behind).unwrap_or_else(|| behind.split_at(end - at - colon.len_utf8()));
        let whole = &text[..text.len() - rest.len()];
        return (Part::Filter { key, value, whole }, rest);
    }
    (Part::Word(&text[..end]), &text[end..])
}

/// What stands in quotes at the beginning of a text, and what behind them.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let open = text.chars().next()?;
    let (_, close) = QUOTES.iter().find(|(quote, _)| *quote == open)?;
    let inside = &text[open.len_utf8()..];
    Some(inside.split_once(*close).unwrap_or((inside, "")))
}

fn key(text: &str) -> Option<Key> {
    Some(match fold(text).as_str() {
        "平台" | "platform" => Key::Platform,
        "服务商" | "provider" => Key::Provider,
        "操作" | "operation" => Key::Operation,
        "状态" | "state" | "status" => Key::State,
        "日期" | "date" => Key::Date,
        "标签" | "tag" => Key::Tag,
        "收藏" | "starred" | "star" => Key::Starred,
        "文案" | "text" => Key::Text,
        _ => return None,
    })
}

/// Adds what a filter says; false, and nothing is added, where its value is none.
fn narrow(filter: &mut Filter, key: Key, value: &str, days: &Days<'_>) -> bool {
    match key {
        Key::Platform => collect(value, &mut filter.platforms, |word| one(word, PLATFORMS)),
        Key::Provider => collect(value, &mut filter.providers, |word| one(word, PROVIDERS)),
        Key::Operation => collect(value, &mut filter.operations, |word| one(word, OPERATIONS)),
        Key::State => collect(value, &mut filter.states, |word| match word {
            "进行中" | "active" => Some(ACTIVE.to_vec()),
            _ => one(word, STATES),
        }),
        Key::Tag => {
            let tag = value.trim();
            let known = filter.tags.iter().any(|known| known == tag);
            if !tag.is_empty() && !known {
                filter.tags.push(tag.to_owned());
            }
            !tag.is_empty()
        }
        Key::Starred => keep(yes_or_no(&fold(value)), &mut filter.starred),
        Key::Text => keep(yes_or_no(&fold(value)), &mut filter.has_text),
        Key::Date => {
            let Some((from, until)) = dates(&fold(value), days.today) else { return false };
            let begin = |day: Option<Day>| day.map(|day| (days.begin)(day));
            (filter.from, filter.until) = (begin(from), begin(until));
            true
        }
    }
}

fn keep<T>(value: Option<T>, into: &mut Option<T>) -> bool {
    let known = value.is_some();
    if known {
        *into = value;
    }
    known
}

/// Adds all values, or none where one is unknown.
fn collect<T: Copy + PartialEq>(
    values: &str,
    into: &mut Vec<T>,
    read: impl Fn(&str) -> Option<Vec<T>>,
) -> bool {
    let read = |value: &str| read(fold(value.trim()).as_str());
    let all: Option<Vec<Vec<T>>> = values.split(BETWEEN).map(read).collect();
    let Some(all) = all else { return false };
    for value in all.into_iter().flatten() {
        if !into.contains(&value) {
            into.push(value);
        }
    }
    true
}

fn one<T: Copy + std::str::FromStr>(word: &str, table: &[(T, &[&str])]) -> Option<Vec<T>> {
    let named = table.iter().find(|(_, words)| words.contains(&word)).map(|(value, _)| *value);
    Some(vec![named.or_else(|| word.parse().ok())?])
}

fn yes_or_no(word: &str) -> Option<bool> {
    match word {
        "是" | "有" | "yes" | "true" | "1" => Some(true),
        "否" | "无" | "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// The first day and the one behind the last.
fn dates(value: &str, today: Day) -> Option<(Option<Day>, Option<Day>)> {
    let since = |first: Day| Some((Some(first), Some(today.plus(1))));
    match value {
        "今天" | "today" => return since(today),
        "昨天" | "yesterday" => return Some((Some(today.plus(-1)), Some(today))),
        _ => {}
    }
    if let Some(count) = value.strip_suffix('天').or_else(|| value.strip_suffix('d')) {
        let count = number(count, 5).filter(|count| *count > 0)?;
        return since(today.plus(1 - count));
    }
    let range = value.split_once("..").or_else(|| value.split_once('~'));
    let Some((from, until)) = range else {
        let (first, behind) = stretch(value)?;
        return Some((Some(first), Some(behind)));
    };
    let end = |text: &str| if text.is_empty() { Some(None) } else { stretch(text).map(Some) };
    let (from, until) = (end(from)?, end(until)?);
    let (from, until) = (from.map(|(first, _)| first), until.map(|(_, behind)| behind));
    let runs = match (from, until) {
        (Some(from), Some(until)) => from < until,
        (None, None) => false,
        _ => true,
    };
    runs.then_some((from, until))
}

/// A year, a month or a day: its first day and the one behind its last.
fn stretch(text: &str) -> Option<(Day, Day)> {
    let mut parts = text.split(['-', '/']);
    let year = number(parts.next()?, 4).filter(|year| *year >= 1970)?;
    let month = parts.next().map(|part| number(part, 2));
    let day = parts.next().map(|part| number(part, 2));
    if parts.next().is_some() {
        return None;
    }
    match (month, day) {
        (None, _) => Some((Day::new(year, 1, 1)?, Day::new(year + 1, 1, 1)?)),
        (Some(month), None) => {
            let first = Day::new(year, month?, 1)?;
            let (year, month) =
                if first.month == 12 { (year + 1, 1) } else { (year, first.month + 1) };
            Some((first, Day::new(year, month, 1)?))
        }
        (Some(month), Some(day)) => {
            let day = Day::new(year, month?, day?)?;
            Some((day, day.plus(1)))
        }
    }
}

/// A number of at most so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    let fits = (1..=digits).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
