//! How a file comes over the wire: whole or the part that was asked for (RFC 9110, section 14), fast or slowly, or cut off.

use std::{io, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;

use crate::{dice, scenario::Scenario, state::State};

const BLOCK: u64 = 64 * 1024;
/// Slow files come in blocks of a quarter of a second at 64 KiB/s.
const SLOW_BLOCK: u64 = 16 * 1024;
const SLOW_SECONDS: f64 = 0.25;
/// A cut file is sent to its end when no more than this share of it was asked for.
const CUT_SHARE: u64 = 8;
/// What was written must leave before the connection breaks.
const BEFORE_CUT: Duration = Duration::from_millis(50);

/// A file of which only the beginning is kept; the rest is made while it is read.
#[derive(Debug, Clone)]
pub(super) struct File {
    kind: &'static str,
    head: Bytes,
    /// Without quotes.
    etag: String,
    padding: Padding,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Padding {
    pub(super) length: u64,
    pub(super) seed: u64,
}

impl File {
    pub(super) fn new(kind: &'static str, head: Bytes, etag: String) -> Self {
        Self { kind, head, etag, padding: Padding::default() }
    }

    pub(super) fn with_padding(self, padding: Padding) -> Self {
        Self { padding, ..self }
    }

    pub(super) fn length(&self) -> u64 {
        self.head.len() as u64 + self.padding.length
    }

    /// The bytes from `start` up to, not including, `end`, which must lie within the file.
    pub(super) fn bytes(&self, start: u64, end: u64) -> Bytes {
        let head = self.head.len() as u64;
        if end <= head {
            return self.head.slice(start as usize..end as usize);
        }
        let mut bytes = Vec::with_capacity((end - start) as usize);
        if start < head {
            bytes.extend_from_slice(&self.head[start as usize..]);
        }
        bytes.extend((start.max(head)..end).map(|at| self.padding.byte(at - head)));
        Bytes::from(bytes)
    }
}

impl Padding {
    /// Depends on its place, so that a part put to the wrong place shows.
    fn byte(self, at: u64) -> u8 {
        let word = dice::mix(self.seed.wrapping_add(at / 8));
        word.to_le_bytes()[(at % 8) as usize]
    }
}

pub(super) fn deliver(
    state: &State,
    file: &File,
    scenario: Scenario,
    headers: &HeaderMap,
) -> Response {
    let (length, etag) = (file.length(), format!("\"{}\"", file.etag));
    let in_parts = scenario != Scenario::NoRange;
    let said = |name: header::HeaderName| headers.get(name).and_then(|said| said.to_str().ok());
    let range = said(header::RANGE)
        .filter(|_| in_parts)
        // A part of another file than the one that was begun would be of no use.
        .filter(|_| said(header::IF_RANGE).is_none_or(|known| known == etag));
    let (status, start, end) = match range.map_or(Part::Whole, |range| part(range, length)) {
        Part::Whole => (StatusCode::OK, 0, length),
        Part::From(start, end) => (StatusCode::PARTIAL_CONTENT, start, end),
        Part::Nowhere => {
            let range = (header::CONTENT_RANGE, format!("bytes */{length}"));
            return (StatusCode::RANGE_NOT_SATISFIABLE, [range]).into_response();
        }
    };
    let head = [
        (header::CONTENT_TYPE, file.kind.to_owned()),
        (header::CONTENT_LENGTH, (end - start).to_string()),
        (header::ETAG, etag),
    ];
    let mut response = (status, head, body(state, file, scenario, start, end)).into_response();
    let more = response.headers_mut();
    if in_parts {
        more.insert(header::ACCEPT_RANGES, header::HeaderValue::from_static("bytes"));
    }
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(range) = format!("bytes {start}-{}/{length}", end - 1).parse()
    {
        more.insert(header::CONTENT_RANGE, range);
    }
    response
}

/// What is still to be sent.
struct Rest {
    file: Arc<File>,
    at: u64,
    /// Where it ends or is cut off.
    stop: u64,
    cut: bool,
    pause: Option<Duration>,
}

fn body(state: &State, file: &File, scenario: Scenario, start: u64, end: u64) -> Body {
    let cut = scenario == Scenario::CutMedia && end - start > file.length() / CUT_SHARE;
    let slow = scenario == Scenario::SlowMedia;
    let rest = Rest {
        file: Arc::new(file.clone()),
        at: start,
        stop: if cut { start + (end - start) / 2 } else { end },
        cut,
        pause: slow.then(|| Duration::from_millis(state.paced_ms(SLOW_SECONDS))),
    };
    Body::from_stream(stream::unfold(rest, next))
}

async fn next(mut rest: Rest) -> Option<(io::Result<Bytes>, Rest)> {
    if rest.at < rest.stop {
        let block = if rest.pause.is_some() { SLOW_BLOCK } else { BLOCK };
        let end = (rest.at + block).min(rest.stop);
        let bytes = rest.file.bytes(rest.at, end);
        if let Some(pause) = rest.pause {
            tokio::time::sleep(pause).await;
        }
        rest.at = end;
        return Some((Ok(bytes), rest));
    }
    if !rest.cut {
        return None;
    }
    tokio::time::sleep(BEFORE_CUT).await;
    rest.cut = false;
    Some((Err(io::ErrorKind::ConnectionAborted.into()), rest))
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    /// The first byte, and the one behind the last.
    From(u64, u64),
    Nowhere,
}

/// What a `Range` header asks for. What cannot be understood, several parts included, asks for nothing special.
fn part(range: &str, length: u64) -> Part {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-'))
    else {
        return Part::Whole;
    };
    let number = |text: &str| text.parse::<u64>().ok();
    let (start, end) = match (first, number(first), last, number(last)) {
        ("", _, _, Some(last)) => (length.saturating_sub(last), length),
        (_, Some(first), "", _) => (first, length),
        (_, Some(first), _, Some(last)) if first <= last => {
            (first, last.saturating_add(1).min(length))
        }
        _ => return Part::Whole,
    };
    if start < end { Part::From(start, end) } else { Part::Nowhere }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_what_there_is() {
        assert_eq!(part("bytes=0-", 100), Part::From(0, 100));
        assert_eq!(part("bytes=10-19", 100), Part::From(10, 20));
        assert_eq!(part("bytes=90-500", 100), Part::From(90, 100));
        assert_eq!(part("bytes=-5", 100), Part::From(95, 100));
        assert_eq!(part("bytes=-500", 100), Part::From(0, 100));
    }

    #[test]
    fn a_range_behind_the_end_is_nowhere_and_an_unclear_one_is_the_whole() {
        assert_eq!(part("bytes=100-", 100), Part::Nowhere);
        assert_eq!(part("bytes=100-200", 100), Part::Nowhere);
        assert_eq!(part("bytes=-0", 100), Part::Nowhere);
        assert_eq!(part("bytes=9-3", 100), Part::Whole);
        assert_eq!(part("bytes=0-1,5-6", 100), Part::Whole);
        assert_eq!(part("bytes=-", 100), Part::Whole);
        assert_eq!(part("lines=1-2", 100), Part::Whole);
    }

    #[test]
    fn parts_of_a_file_join_to_the_whole() {
        let padding = Padding { length: 100, seed: 3 };
        let file =
            File::new("", Bytes::from_static(b"beginning"), String::new()).with_padding(padding);
        let whole = file.bytes(0, file.length());
        for middle in [0, 1, 8, 9, 10, 50, 109] {
            let joined = [file.bytes(0, middle), file.bytes(middle, file.length())].concat();
            assert_eq!(joined, whole, "{middle}");
        }
    }
}
