//! Drops time stamps: those of subtitle files, in brackets, and at the beginnings of lines. Only what is surely one: a
//! time of day inside a sentence stays.

use super::{kind, speakers, stamp};

/// Bare stamps of minutes and seconds at the beginnings of so many lines are those of a transcript.
const FEW: usize = 3;
/// Between two stamps of a transcript lie at most so many seconds, or ten times as many as between those before.
const LEAP: u32 = 300;
/// A stamp in brackets is never longer, in bytes.
const LONGEST: usize = 64;

pub(super) fn dropped(text: &str) -> String {
    let cues = without_cues(text);
    let stamped = of_a_transcript(&cues);
    let lines = cues.iter().zip(stamped).filter_map(|(line, stamped)| cleaned(line, stamped));
    lines.collect::<Vec<_>>().join("\n")
}

/// How many bytes a line's leading stamps take, with the white space around them; 0 where there are none.
pub(super) fn lead(line: &str) -> usize {
    let mut rest = line.trim_start();
    let mut lead = 0;
    let length = |rest: &str| {
        let brackets = || bracketed(rest, &['[', '【', '<']).map(|(length, _)| length);
        leading(rest, true).or_else(brackets)
    };
    while let Some(length) = length(rest) {
        rest = rest[length..].trim_start();
        lead = line.len() - rest.len();
    }
    lead
}

/// The lines without the heads of cues, as SubRip and WebVTT have them: a number, and a line with `-->`.
fn without_cues(text: &str) -> Vec<&str> {
    let mut kept: Vec<&str> = Vec::new();
    for (number, line) in text.split('\n').enumerate() {
        if number == 0 && is_vtt_head(line) && text.contains("-->") {
            continue;
        }
        if !is_cue_time(line) {
            kept.push(line);
            continue;
        }
        // Its number, and the empty line that parted it from the cue before.
        if kept.last().is_some_and(|line| is_number(line)) {
            kept.pop();
        }
        while kept.last().is_some_and(|line| line.trim().is_empty()) {
            kept.pop();
        }
    }
    kept
}

fn is_vtt_head(line: &str) -> bool {
    line.trim_start_matches('\u{feff}').trim_end() == "WEBVTT"
}

fn is_cue_time(line: &str) -> bool {
    let line = line.trim();
    let Some((from, to)) = line.split_once("-->") else { return false };
    let (from, to) = (from.trim_end(), to.trim_start());
    let is_whole =
        |part: &str| stamp::at_start(part).is_some_and(|stamp| stamp.length == part.len());
    // Behind the end WebVTT says where the words stand on the picture.
    let end = to.split(' ').next().unwrap_or_default();
    let settings =
        to[end.len()..].split_whitespace().all(|word| word.contains(':') && word.is_ascii());
    is_whole(from) && is_whole(end) && settings
}

fn is_number(line: &str) -> bool {
    let line = line.trim();
    (1..=6).contains(&line.len()) && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// Which lines begin with a bare stamp of minutes. It could be a time of day; several that begin in the first minute and
/// run on are none, but one that leaps far ahead of the others is.
fn of_a_transcript(lines: &[&str]) -> Vec<bool> {
    let stamps: Vec<(usize, stamp::Stamp)> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((at, bare(line.trim_start(), true)?)))
        .collect();
    let mut stamped = vec![false; lines.len()];
    let (mut last, mut longest, mut many) = (0, 0, 0);
    for (n, (at, stamp)) in stamps.iter().enumerate() {
        let gap = match stamp.seconds.checked_sub(last) {
            Some(gap) if many > 0 || stamp.seconds < 60 => gap,
            _ => return vec![false; lines.len()],
        };
        if gap > LEAP.max(10 * longest) && !stamp.is_precise {
            let next = stamps[n + 1..].iter().take(2 * FEW);
            // Where the others follow, nobody spoke for a while.
            if next.filter(|(_, next)| next.seconds >= stamp.seconds).count() < FEW {
                continue;
            }
        }
        if many > 0 {
            longest = longest.max(gap);
        }
        (last, many) = (stamp.seconds, many + 1);
        stamped[*at] = true;
    }
    if many < FEW { vec![false; lines.len()] } else { stamped }
}

/// A line without its stamps; none where it was nothing else.
fn cleaned(line: &str, bare_too: bool) -> Option<String> {
    let begin = line.len() - line.trim_start().len();
    let mut rest = &line[begin..];
    let mut bare_too = bare_too;
    while let Some(length) = leading(rest, bare_too) {
        rest = rest[length..].trim_start();
        // Behind the stamp of the line the words begin, maybe with a time of day.
        bare_too = false;
    }
    let had_lead = rest.len() + begin < line.len();
    let mut clean = if had_lead { String::new() } else { line[..begin].to_owned() };
    let had_inside = push_without_brackets(rest, &mut clean);
    if let Some(label) = label_before_stamp(&clean) {
        clean.truncate(label);
        return Some(clean);
    }
    let is_gone = (had_lead || had_inside) && clean.trim().is_empty();
    (!is_gone).then_some(clean)
}

/// How many bytes of the beginning are a stamp.
fn leading(rest: &str, bare_too: bool) -> Option<usize> {
    if let Some(stamp) = bare(rest, bare_too) {
        let behind = &rest[stamp.length..];
        // A dash or a colon that led over to the words.
        let joint = behind.trim_start().strip_prefix([':', '：', '-', '—', '|', '丨']);
        return Some(rest.len() - joint.unwrap_or(behind).len());
    }
    bracketed(rest, &['(', '（']).map(|(length, _)| length)
}

/// A stamp without brackets, with words or nothing behind it.
fn bare(rest: &str, imprecise_too: bool) -> Option<stamp::Stamp> {
    let stamp = stamp::span_at_start(rest)?;
    let parted = rest[stamp.length..].chars().next().is_none_or(|c| {
        c.is_whitespace()
            || kind::is_cjk(c)
            || matches!(c, ':' | '：' | '-' | '—' | '|' | '丨' | '[')
    });
    (parted && (stamp.is_precise || imprecise_too)).then_some(stamp)
}

/// The stamp in brackets at the beginning: how long it is, and whether it is precise.
fn bracketed(rest: &str, openers: &[char]) -> Option<(usize, bool)> {
    let opener = rest.chars().next().filter(|c| openers.contains(c))?;
    let closer = if opener == '<' { '>' } else { kind::closer(opener)? };
    let inside = rest[opener.len_utf8()..].trim_start();
    let stamp = stamp::span_at_start(inside)?;
    let behind = inside[stamp.length..].trim_start();
    let behind = behind.strip_prefix(closer)?;
    Some((rest.len() - behind.len(), stamp.is_precise))
}

/// Writes `rest` without stamps in square brackets, which are stamps wherever they stand. What is written never holds
/// one, not even one that came about by dropping another inside it.
fn push_without_brackets(rest: &str, out: &mut String) -> bool {
    let mut dropped = false;
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        let opener = match c {
            ']' => '[',
            '】' => '【',
            '>' => '<',
            _ => continue,
        };
        let mut from = out.len().saturating_sub(LONGEST);
        while !out.is_char_boundary(from) {
            from += 1;
        }
        let Some(open) = out[from..].rfind(opener).map(|open| from + open) else { continue };
        if bracketed(&out[open..], &[opener]).is_none_or(|(length, _)| open + length != out.len()) {
            continue;
        }
        out.truncate(open);
        dropped = true;
        let at_gap = out.chars().next_back().is_none_or(char::is_whitespace);
        while at_gap && chars.next_if(|c| *c == ' ').is_some() {}
    }
    if dropped {
        out.truncate(out.trim_end().len());
    }
    dropped
}

/// `说话人1 00:12`, a line by itself: how much of it is the label.
fn label_before_stamp(line: &str) -> Option<usize> {
    let line = line.trim_end();
    let at = line.rfind([' ', '\t', '\u{3000}'])?;
    let label = line[..at].trim_end();
    let time = line[at..].trim_start();
    let is_stamp = stamp::at_start(time).is_some_and(|stamp| stamp.length == time.len());
    (is_stamp && speakers::is_sure(label)).then_some(label.len())
}
