//! The small pattern language of the table, matched from left to right without going back.
//!
//! Letters stand for themselves, upper and lower case being the same; `/` for one slash or several. `{class}` takes
//! all the characters of its class, `<` and `>` enclose the id, `*` takes the rest of the path, a final `$` demands
//! that nothing but slashes follows, and `?name={class}` looks at one parameter of the query.

use crate::chars::in_code;

/// What a pattern found.
#[derive(Debug, PartialEq)]
pub(crate) struct Fit<'t> {
    pub(crate) id: Option<&'t str>,
    /// How many bytes of the path the pattern accounts for.
    pub(crate) len: usize,
}

/// Matches a pattern against a path and its query (without `?`).
pub(crate) fn fit<'t>(pattern: &str, path: &'t str, query: Option<&'t str>) -> Option<Fit<'t>> {
    // A parameter can stand behind a host without a path.
    let path = if path.is_empty() { "/" } else { path };
    let (found, parameter) = sequence(pattern, path)?;
    let Some(parameter) = parameter else { return Some(found) };
    let (name, value) = parameter.split_once('=')?;
    let (in_query, _) = sequence(value, self::parameter(query?, name)?)?;
    Some(Fit { id: in_query.id.or(found.id), len: found.len })
}

/// The value of the first parameter of this name, as it is written.
pub(crate) fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// Matches up to the end of the pattern or to its `?`; gives what the pattern has behind that.
fn sequence<'t, 'p>(pattern: &'p str, text: &'t str) -> Option<(Fit<'t>, Option<&'p str>)> {
    let (letters, bytes) = (pattern.as_bytes(), text.as_bytes());
    let mut next = 0;
    let mut at = 0;
    let mut id_from = 0;
    let mut id = None;
    let mut behind = None;
    while let Some(letter) = letters.get(next) {
        next += 1;
        match letter {
            b'<' => id_from = at,
            b'>' => id = Some(&text[id_from..at]),
            b'*' => at = text.len(),
            b'$' if bytes[at..].iter().any(|b| *b != b'/') => return None,
            b'$' => break,
            b'?' => {
                behind = Some(&pattern[next..]);
                break;
            }
            b'{' => {
                let len = pattern[next..].find('}')?;
                at += class(&pattern[next..next + len], &text[at..])?;
                next += len + 1;
            }
            b'/' => {
                let slashes = bytes[at..].iter().take_while(|b| **b == b'/').count();
                if slashes == 0 {
                    return None;
                }
                at += slashes;
            }
            letter => {
                if !bytes.get(at)?.eq_ignore_ascii_case(letter) {
                    return None;
                }
                at += 1;
            }
        }
    }
    // `/video/12ab` holds no number, and `/explorer` is not `/explore`.
    let ends = bytes.get(at).is_none_or(|b| !b.is_ascii_alphanumeric());
    ends.then_some((Fit { id, len: at }, behind))
}

/// How many bytes at the beginning of `text` belong to a class; none where it finds too few.
fn class(name: &str, text: &str) -> Option<usize> {
    let count = |belongs: fn(u8) -> bool| text.bytes().take_while(|b| belongs(*b)).count();
    let some = |len: usize| (len > 0).then_some(len);
    let digits = || some(count(|b| b.is_ascii_digit()));
    match name {
        "num" => digits(),
        "alnum" => some(count(|b| b.is_ascii_alphanumeric())),
        "one" => some(count(|b| b.is_ascii_alphanumeric())).filter(|len| *len == 1),
        "word" => some(count(in_code)),
        // Shorter ones are what is left of a code that was torn apart.
        "code" => Some(count(in_code)).filter(|len| *len >= 3),
        // Ids of Xiaohongshu.
        "hex" => Some(count(|b| b.is_ascii_hexdigit())).filter(|len| *len == 24),
        // Ids of YouTube.
        "yt" => Some(count(in_code)).filter(|len| *len == 11),
        "bv" => bv(text),
        // The number of an av id, which the parameter has without its letters.
        "aid" => digits(),
        "name" => some(count(in_name)).filter(|len| text[..*len].bytes().any(|b| b != b'.')),
        // Some links of works leave the name out.
        "handle" => Some(count(in_name)),
        "seg" => some(count(|b| b != b'/')),
        "any" => some(text.len()),
        // The title in front of an id: up to the last dash of the segment.
        "slug" => Some(text[..count(|b| b != b'/')].rfind('-').map_or(0, |dash| dash + 1)),
        // Ids of Weibo's videos: a number and a number or hash, the colon often escaped.
        "fid" => {
            let left = digits()?;
            let colon = [":", "%3A", "%3a"].into_iter().find(|c| text[left..].starts_with(c))?;
            let right = left + colon.len();
            let len = text[right..].bytes().take_while(u8::is_ascii_alphanumeric).count();
            (len > 0).then_some(right + len)
        }
        _ => None,
    }
}

/// Names of accounts, rooms and topics; letters beyond ASCII come escaped or as they are.
fn in_name(byte: u8) -> bool {
    in_code(byte) || matches!(byte, b'.' | b'%' | b'~' | b'+') || !byte.is_ascii()
}

/// The length of a Bilibili video id at the beginning of `text`: `BV` and ten base58 characters.
pub(crate) fn bv(text: &str) -> Option<usize> {
    const LEN: usize = 12;
    let bytes = text.as_bytes().get(..LEN)?;
    let base58 = |b: &u8| b.is_ascii_alphanumeric() && !matches!(b, b'0' | b'I' | b'O' | b'l');
    (bytes[..2].eq_ignore_ascii_case(b"BV") && bytes[2..].iter().all(base58)).then_some(LEN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::SITES;

    fn id<'t>(pattern: &str, path: &'t str) -> Option<Option<&'t str>> {
        fit(pattern, path, None).map(|fit| fit.id)
    }

    #[test]
    fn the_id_is_what_stands_between_the_angles() {
        assert_eq!(id("/@{handle}/video/<{num}>", "/@a.b_/video/7123/"), Some(Some("7123")));
        assert_eq!(id("/bangumi/play/<ep{num}>", "/bangumi/play/ep12"), Some(Some("ep12")));
        assert_eq!(id("/share/{num},<{num}>", "/share/1,42.html"), Some(Some("42")));
        assert_eq!(id("/music/{slug}<{num}>", "/music/a-b-77"), Some(Some("77")));
        assert_eq!(id("/search/{seg}", "/search/x"), Some(None));
    }

    #[test]
    fn an_id_that_goes_on_is_no_id() {
        assert_eq!(id("/video/<{num}>", "/video/7123abc"), None);
        assert_eq!(id("/explore", "/explorer"), None);
        assert_eq!(id("/<{yt}>", "/dQw4w9WgXcQQ"), None);
    }

    #[test]
    fn nothing_but_slashes_may_follow_the_end() {
        assert_eq!(id("/<{num}>$", "/12/"), Some(Some("12")));
        assert_eq!(id("/<{num}>$", "/12/album"), None);
    }

    #[test]
    fn a_parameter_counts_wherever_it_stands_in_the_query() {
        let fit = |query| fit("/*?modal_id=<{num}>", "", Some(query)).and_then(|fit| fit.id);
        assert_eq!(fit("a=1&modal_id=42&b=2"), Some("42"));
        assert_eq!(fit("xmodal_id=42"), None);
    }

    #[test]
    fn a_bilibili_id_holds_none_of_the_letters_that_are_easily_confused() {
        assert_eq!(bv("BV1xx411c7mD"), Some(12));
        assert_eq!(bv("BV1xx411c7m0"), None);
        assert_eq!(bv("BV1xx411c7m"), None);
    }

    #[test]
    fn every_class_of_the_table_is_known() {
        for form in SITES.iter().flat_map(|site| site.forms) {
            for class_name in form.path.split('{').skip(1).filter_map(|p| p.split('}').next()) {
                let known =
                    ["7", "ab12", "MS4w", "BV1xx411c7mD", "dQw4w9WgXcQ", "1034:12", "a", "-1"]
                        .into_iter()
                        .chain(["0123456789abcdef01234567"])
                        .any(|text| class(class_name, text).is_some());
                assert!(known, "{class_name} in {}", form.path);
            }
        }
    }
}
