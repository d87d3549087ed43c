//! Reading JSON that drifts: numbers as text, ids as numbers, `null` for nothing, JSON inside strings.

use serde_json::{Map, Value};
use url::Url;

use crate::spoken;

/// JSON inside strings is followed this deep; deeper, the text stays text.
pub(crate) const DEPTH: u8 = 8;
/// Values of an answer: a list of a hundred items has some thousand.
const MOST_VALUES: usize = 50_000;
/// Bytes of a web address. Signed ones have a few thousand.
const LONGEST_ADDRESS: usize = 16 * 1024;
/// Bytes of an id, which leaves room for what services put around theirs. The longest that is known has 36.
const LONGEST_ID: usize = 240;
/// A year: no video is longer.
const LONGEST_S: f64 = 31_536_000.0;

/// The body as JSON, whatever its content type says. Bytes that are no UTF-8 are replaced, so that
/// one bad byte in a title does not hide a task id.
pub(crate) fn json(body: &[u8]) -> Option<Value> {
    parse(String::from_utf8_lossy(body).trim_start_matches('\u{feff}'))
}

fn parse(text: &str) -> Option<Value> {
    if holds_too_much(text) {
        return None;
    }
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&mend_surrogates(text))).ok()
}

/// Whether a JSON text may have more values than any answer. An object of one letter takes hundreds of bytes in
/// memory, so the eight megabytes that are read at most could become almost a gigabyte.
fn holds_too_much(json: &str) -> bool {
    let (mut left, mut in_string, mut escaped) = (MOST_VALUES, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => left -= 1,
            _ => {}
        }
        if left == 0 {
            return true;
        }
    }
    false
}

/// A title that was cut in the middle of an emoji leaves half a surrogate pair as an escape, which no parser takes.
/// Each half becomes the replacement character.
fn mend_surrogates(json: &str) -> String {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        hexadecimal.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
    };
    let mut mended = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let whole = match unit(escape) {
            Some(0xd800..=0xdbff) if matches!(unit(&escape[6..]), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                mended.push_str("\\ufffd");
                rest = &escape[6..];
                continue;
            }
            // Any other escape is the backslash and the character after it.
            _ => escape.chars().take(2).map(char::len_utf8).sum(),
        };
        mended.push_str(&escape[..whole]);
        rest = &escape[whole..];
    }
    mended.push_str(rest);
    mended
}

/// A string that holds a JSON object or array, parsed. Bare scalars are never parsed: a transcript
/// that consists of `123` stays text.
pub(crate) fn nested(text: &str) -> Option<Value> {
    let looks_like_json = text.trim_start().starts_with(['{', '[']);
    looks_like_json.then(|| parse(text)).flatten()
}

/// A JSON object in a string that was cut off anywhere, closed where it ends: what came before the cut stays
/// readable. A value of which nothing came is `null`.
pub(crate) fn mended(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.strip_prefix('{')?.trim_start().starts_with('"') {
        return None;
    }
    let mut closers = String::new();
    let mut in_string = false;
    // The last comma outside of a string, with what was open there.
    let mut comma = None;
    let mut end = text.len();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let length = match c {
            '\\' if in_string => match text.as_bytes().get(at + 1) {
                Some(b'u') => 6,
                _ => 2,
            },
            c => c.len_utf8(),
        };
        if at + length > text.len() {
            end = at;
            break;
        }
        // No parser goes deeper than this.
        if closers.len() > 128 {
            return None;
        }
        match c {
            '"' => in_string = !in_string,
            '{' if !in_string => closers.insert(0, '}'),
            '[' if !in_string => closers.insert(0, ']'),
            // The outermost one was closed: nothing was cut off.
            '}' | ']' if !in_string && closers.len() < 2 => return None,
            '}' | ']' if !in_string => drop(closers.remove(0)),
            ',' if !in_string => comma = Some((at, closers.clone())),
            _ => {}
        }
        at += length;
    }
    let body = &text[..end];
    let quote = if in_string { "\"" } else { "" };
    let closed = ["", ":null", "null"].map(|rest| format!("{body}{quote}{rest}{closers}"));
    let before_the_comma = comma.map(|(at, closers)| format!("{}{closers}", &text[..at]));
    closed.iter().chain(&before_the_comma).find_map(|candidate| parse(candidate))
}

/// The text itself, none when blank.
pub(crate) fn not_blank(text: &str) -> Option<&str> {
    (!text.trim().is_empty()).then_some(text)
}

/// The text itself when it is a web address that may be opened.
pub(crate) fn web_address(text: &str) -> Option<&str> {
    let text = text.trim();
    // Parsers leave out line breaks, so what is shown would not be what is asked.
    let deceives = |c: char| c.is_control() || spoken::turns_around(c);
    if text.len() > LONGEST_ADDRESS || text.chars().any(deceives) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(text)
}

/// Whether a text can be an id: it becomes part of requests, of lines in logs and of keys in the store.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// An amount as whole units. Negative amounts mean "unlimited" to these services, so they have none.
pub(crate) fn whole(amount: f64) -> Option<u32> {
    // A float that is too large saturates, which is as good as any other very large amount.
    (amount >= 0.0).then_some(amount as u32)
}

/// The fields of a JSON object. Absent, `null` and blank are the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    pub(crate) fn value(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.value(name)?.as_str().and_then(not_blank)
    }

    /// A number, also one that is written as text.
    pub(crate) fn number(self, name: &str) -> Option<f64> {
        let number = match self.value(name)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number| number.is_finite())
    }

    /// A whole number, also one that is written as text: codes and sentinels.
    pub(crate) fn integer(self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// An id as text. Those of Coze and TranscriptGenerate have 19 digits, more than a float holds,
    /// so a number with a fraction or an exponent is no id.
    pub(crate) fn id(self, name: &str) -> Option<String> {
        self.code(name).filter(|id| is_id(id))
    }

    /// A code, which may be a word, a sentence or a whole number. Not yet fit to be kept.
    pub(crate) fn code(self, name: &str) -> Option<String> {
        match self.value(name)? {
            Value::String(text) => not_blank(text.trim()).map(str::to_owned),
            Value::Number(number) if !number.is_f64() => Some(number.to_string()),
            _ => None,
        }
    }

    /// The length of a video or a time in one, in seconds.
    pub(crate) fn seconds(self, name: &str) -> Option<f64> {
        self.number(name).filter(|seconds| (0.0..=LONGEST_S).contains(seconds))
    }

    pub(crate) fn object(self, name: &str) -> Option<Fields<'a>> {
        self.value(name).and_then(Fields::of)
    }

    pub(crate) fn web_address(self, name: &str) -> Option<String> {
        self.text(name).and_then(web_address).map(str::to_owned)
    }

    pub(crate) fn title(self, name: &str) -> Option<String> {
        self.text(name).and_then(spoken::title)
    }

    /// A text of any length that somebody is to read.
    pub(crate) fn passage(self, name: &str) -> Option<String> {
        self.text(name).and_then(spoken::passage)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn number(value: Value) -> Option<f64> {
        let object = json!({ "n": value });
        Fields::of(&object).unwrap().number("n")
    }

    fn id(value: Value) -> Option<String> {
        let object = json!({ "id": value });
        Fields::of(&object).unwrap().id("id")
    }

    #[test]
    fn a_number_may_be_written_as_text() {
        assert_eq!(number(json!("90.0")), Some(90.0));
        assert_eq!(number(json!(90)), Some(90.0));
        assert_eq!(number(json!(" 0 ")), Some(0.0));
        assert_eq!(number(json!(-1)), Some(-1.0));
    }

    #[test]
    fn what_is_no_finite_number_is_absent() {
        for value in [json!(""), json!(null), json!("NaN"), json!("inf"), json!("1e999"), json!([])]
        {
            assert_eq!(number(value.clone()), None, "{value}");
        }
    }

    #[test]
    fn an_id_keeps_its_nineteen_digits() {
        assert_eq!(id(json!(1_900_000_000_000_000_001_u64)).unwrap(), "1900000000000000001");
        assert_eq!(id(json!("1900000000000000001")).unwrap(), "1900000000000000001");
        assert_eq!(id(json!(1.9e18)), None);
        assert_eq!(id(json!("  ")), None);
    }

    #[test]
    fn what_cannot_stand_in_a_request_is_no_id() {
        assert_eq!(id(json!("x".repeat(LONGEST_ID))).unwrap().len(), LONGEST_ID);
        for odd in ["a b", "a\nb", "任务", "a\u{202e}b", "a\0", &"x".repeat(LONGEST_ID + 1)] {
            assert_eq!(id(json!(odd)), None, "{odd:?}");
        }
    }

    #[test]
    fn no_time_in_a_video_is_beyond_a_year() {
        let seconds = |value| Fields::of(&json!({ "n": value })).unwrap().seconds("n");
        assert_eq!(seconds(json!("90.5")), Some(90.5));
        for odd in [json!(-1), json!(1e300), json!("1e9")] {
            assert_eq!(seconds(odd.clone()), None, "{odd}");
        }
    }

    #[test]
    fn only_objects_and_arrays_are_parsed_out_of_strings() {
        assert_eq!(nested(r#" {"a":1}"#), Some(json!({ "a": 1 })));
        assert_eq!(nested("[1]"), Some(json!([1])));
        for text in ["123", "null", "\"text\"", "{half", "[音乐] 大家好", ""] {
            assert_eq!(nested(text), None, "{text}");
        }
    }

    #[test]
    fn what_came_before_a_cut_stays_readable() {
        let whole = r#"{"a":"一\"\u4e00","b":[1,{"c":true}],"d":null}"#;
        for end in (2..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            let mended = mended(&whole[..end]).unwrap_or_else(|| panic!("{}", &whole[..end]));
            assert!(mended.is_object());
        }
        assert_eq!(mended(r#"{"a":"一\u4"#), Some(json!({ "a": "一" })));
        assert_eq!(mended(r#"{"a":"x","b"#), Some(json!({ "a": "x", "b": null })));
        assert_eq!(mended(r#"{"a":"x","b":tr"#), Some(json!({ "a": "x" })));
        assert_eq!(mended(r#"{"a":[{"b":"x"},{"#), Some(json!({ "a": [{ "b": "x" }, {}] })));
    }

    #[test]
    fn only_an_object_that_was_cut_is_closed() {
        for text in ["", "{", "{}", "[1", "{笑} 大家好", "大家好", r#"{"a":1} b"#, r#"{"a":}"#]
        {
            assert_eq!(mended(text), None, "{text}");
        }
        assert_eq!(mended(&format!("{{\"a\":{}", "[".repeat(1_000))), None);
    }

    #[test]
    fn one_bad_byte_does_not_hide_the_rest() {
        let value = json(b"\xef\xbb\xbf{\"title\":\"\xff\",\"id\":\"7\"}").unwrap();
        assert_eq!(Fields::of(&value).unwrap().id("id").unwrap(), "7");
    }

    #[test]
    fn an_answer_of_too_many_values_is_none() {
        let objects = |count| format!("[{}0]", r#"{"a":0},"#.repeat(count));
        assert!(json(objects(20_000).as_bytes()).is_some());
        assert_eq!(json(objects(25_000).as_bytes()), None);
        // What stands in a text is no value.
        let text = format!(r#"["{}\\\"[["]"#, "[{,\\\"".repeat(100_000));
        assert!(json(text.as_bytes()).is_some());
    }

    #[test]
    fn half_an_emoji_does_not_hide_the_rest() {
        let text = r#"{"a":"x\ud83d","b":"\ude00\\ud83d\"","c":"\ud83d\ude00\u4e00","id":7}"#;
        let expected = json!({ "a": "x\u{fffd}", "b": "\u{fffd}\\ud83d\"", "c": "😀一", "id": 7 });
        assert_eq!(json(text.as_bytes()), Some(expected));
        assert_eq!(json(br#"{"a":"\ud83d\u12"}"#), None);
        assert_eq!(json(br#"{"a":"\ud83d\"#), None);
    }

    #[test]
    fn only_web_addresses_may_be_opened() {
        assert_eq!(web_address(" https://a.example/x "), Some("https://a.example/x"));
        let long = format!("https://a.example/{}", "x".repeat(LONGEST_ADDRESS));
        let bad = ["javascript:alert(1)", "file:///etc/passwd", "a.example/x", "", &long];
        let broken =
            ["https://a.example/\r\nx", "https://a\t.example/", "https://a.example/\u{202e}x"];
        for text in bad.into_iter().chain(broken) {
            assert_eq!(web_address(text), None, "{text}");
        }
    }
}
