//! Takes credentials out of a text that is about to be logged or kept, and leaves what diagnostics
//! need: task, execution and log ids, codes and messages. Linear in the length of the text.

use std::{borrow::Cow, sync::LazyLock};

use regex_lite::{Captures, Regex};
use shiwen_secrets::Secret;

const REDACTED: &str = "[redacted]";

/// Shorter values are no keys; scrubbing them would eat digits out of every id.
const SHORTEST: usize = 4;

/// Values shorter than this are scrubbed only where they stand alone.
const STANDS_ALONE_BELOW: usize = 12;

/// Scrubs the exact values of `secrets` and everything that looks like a credential:
///
/// - values of `Authorization`, `X-API-Key` and `X-API-Secret`, and bearer tokens;
/// - tokens that begin with `pat`, `sat`, `cztei`, `ak` or `sk`;
/// - user names, passwords, queries and fragments of addresses (media addresses are signed there);
/// - Momoget's `user_id`, which is its only credential, and Coze's `debug_url`.
///
/// JSON stays JSON, also where it is nested in a string.
pub fn redact(text: &str, secrets: &[Secret]) -> String {
    let text = scrub_values(text, secrets);
    let text = scrub_fields(&text);
    let text = ADDRESS.replace_all(&text, |found: &Captures| {
        let user = if found.name("user").is_some() { "[redacted]@" } else { "" };
        let query = found.name("query").map_or("", |query| &query.as_str()[..1]);
        let cut = if query.is_empty() { "" } else { REDACTED };
        format!("{}{user}{}{query}{cut}", &found["scheme"], &found["rest"])
    });
    let text = HEADER.replace_all(&text, |found: &Captures| {
        if found["value"].starts_with("null") {
            return found[0].to_owned();
        }
        let scheme = found.name("scheme").map_or("", |scheme| scheme.as_str());
        format!("{}{}{scheme}{REDACTED}", &found["name"], &found["sep"])
    });
    let text = BEARER.replace_all(&text, "${scheme}[redacted]");
    TOKEN.replace_all(&text, "${before}[redacted]").into_owned()
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    // A slash may be escaped as in `https:\/\/`, an ampersand as in `\u0026`, at any depth of nesting.
    pattern(
        r#"(?i)(?<scheme>[a-z][a-z0-9+.-]*:(?:\\*/){2})(?<user>[^/\s"'?#<>\\]*@)?(?<rest>(?:[^\s"<>?#\\]|\\+(?:/|u[0-9a-f]{4}))*)(?<query>[?#](?:[^\s"<>\\]|\\+(?:/|u[0-9a-f]{4}))*)?"#,
    )
});

static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)(?<name>authorization|x[-_]api[-_]key|x[-_]api[-_]secret)(?<sep>\\*["']?\s*[:=]\s*\\*["']?)(?<scheme>(?:bearer|basic|digest|token)\s+)?(?<value>[^\s"'\\,;]+)"#,
    )
});

static BEARER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?<scheme>bearer\s+)[A-Za-z0-9._~+/=-]{8,}"));

static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    // No `\b`: to it a Chinese character is part of a word, and a key often follows one directly. What base64 and
    // JSON web tokens put between their letters belongs to the key, a full stop behind it does not.
    pattern(
        r"(?<before>^|[^A-Za-z0-9_])(?:pat|sat|cztei|ak|sk)[_-][A-Za-z0-9_-]+(?:[.+/=~]+[A-Za-z0-9_-]+)*=*",
    )
});

/// A key of JSON, of a form or of a printed map, up to where its value begins.
static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?i)(?:user_?id|debug_?url)(?<quote>\\*["'])?\s*[:=]\s*(?<open>\\*["'])?"#)
});

fn pattern(pattern: &str) -> Regex {
    #[expect(clippy::expect_used, reason = "the patterns are fixed, and each is used by a test")]
    Regex::new(pattern).expect("a fixed pattern")
}

fn scrub_values<'a>(text: &'a str, secrets: &[Secret]) -> Cow<'a, str> {
    let mut forms: Vec<String> = secrets.iter().flat_map(|secret| forms(secret.expose())).collect();
    // A secret that holds another one goes first, or its rest would stay.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.iter().fold(Cow::Borrowed(text), |text, form| match replace(&text, form) {
        Some(scrubbed) => Cow::Owned(scrubbed),
        None => text,
    })
}

/// The value as it is, as it stands in JSON and as it stands in an address.
fn forms(value: &str) -> Vec<String> {
    if value.len() < SHORTEST {
        return Vec::new();
    }
    let json = serde_json::Value::from(value).to_string();
    let mut forms = vec![
        value.to_owned(),
        json.trim_matches('"').to_owned(),
        url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
    ];
    forms.dedup();
    forms
}

fn replace(text: &str, form: &str) -> Option<String> {
    let mut scrubbed = String::new();
    let mut end = 0;
    for (at, _) in text.match_indices(form) {
        let after = at + form.len();
        let alone = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric())
            && !text[after..].starts_with(|c: char| c.is_ascii_alphanumeric());
        if alone || form.len() >= STANDS_ALONE_BELOW {
            scrubbed.push_str(&text[end..at]);
            scrubbed.push_str(REDACTED);
            end = after;
        }
    }
    if end == 0 {
        return None;
    }
    scrubbed.push_str(&text[end..]);
    Some(scrubbed)
}

fn scrub_fields(text: &str) -> String {
    let mut scrubbed = String::with_capacity(text.len());
    let mut end = 0;
    while let Some(field) = FIELD.captures_at(text, end) {
        let Some(key) = field.get(0) else { break };
        scrubbed.push_str(&text[end..key.end()]);
        end = match field.name("open") {
            Some(open) => {
                scrubbed.push_str(REDACTED);
                key.end() + quoted_len(&text[key.end()..], open.as_str())
            }
            None => {
                let len = bare_len(&text[key.end()..]);
                let value = &text[key.end()..key.end() + len];
                // A number in JSON becomes a string, so that the JSON stays readable.
                let quote = field.name("quote").map_or("", |quote| quote.as_str());
                match value {
                    "" | "null" | REDACTED => scrubbed.push_str(value),
                    _ => scrubbed.extend([quote, REDACTED, quote]),
                }
                key.end() + len
            }
        };
    }
    scrubbed.push_str(&text[end..]);
    scrubbed
}

/// Bytes up to the quote that closes a value opened by `open`.
///
/// A quote nested n strings deep stands behind 2^n - 1 backslashes (`depth`); fewer close an outer
/// string, and each backslash that belongs to the value itself adds 2^n more.
fn quoted_len(text: &str, open: &str) -> usize {
    let (depth, quote) = (open.len() - 1, open.as_bytes()[open.len() - 1]);
    let mut backslashes = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte == quote || byte == b'"' {
            if backslashes < depth {
                return at - backslashes;
            }
            if (backslashes - depth).is_multiple_of(2 * (depth + 1)) {
                return at - depth;
            }
        }
        backslashes = if byte == b'\\' { backslashes + 1 } else { 0 };
    }
    text.len()
}

fn bare_len(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || ",;&}{\"'\\".contains(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let once = redact(text, &[]);
        assert_eq!(once, expected);
        assert_eq!(redact(&once, &[]), expected, "redacting again changes nothing");
    }

    #[test]
    fn header_values_are_scrubbed() {
        check(
            "Authorization: Bearer abc.def status 401",
            "Authorization: Bearer [redacted] status 401",
        );
        check(
            r#"{"x-api-key": "k1", "x-api-secret": "s1"}"#,
            r#"{"x-api-key": "[redacted]", "x-api-secret": "[redacted]"}"#,
        );
        check("X-API-Secret=abc; trace 7", "X-API-Secret=[redacted]; trace 7");
        check(
            r#"{\"authorization\":\"Basic dTpw\"}"#,
            r#"{\"authorization\":\"Basic [redacted]\"}"#,
        );
        check("令牌Bearer abcdefgh12", "令牌Bearer [redacted]");
    }

    #[test]
    fn tokens_are_scrubbed_also_right_after_chinese() {
        check("密钥pat_abc123无效", "密钥[redacted]无效");
        check("key sk-abc.def/gh+i==. Or sat_x.", "key [redacted]. Or [redacted].");
        check("sk-abc, ak_1,sat_x (cztei_y)", "[redacted], [redacted],[redacted] ([redacted])");
    }

    #[test]
    fn ids_that_diagnostics_need_stay() {
        for text in [
            r#"{"task_id":"task_ab12","execute_id":"7413647890307281234"}"#,
            r#"{"code":4013,"msg":"limit","detail":{"logid":"20260101ABCDEF"}}"#,
            "the task-1 asked again, disk-full, weak_ref",
            "https://api.coze.cn/v1/workflows/738958910358870/run_histories/741364",
            r#"{"user_id":null,"authorization":null}"#,
        ] {
            check(text, text);
        }
    }

    #[test]
    fn addresses_lose_their_query_and_user() {
        check(
            "see https://v.example/a.mp4?sig=1&x=2 now",
            "see https://v.example/a.mp4?[redacted] now",
        );
        check("http://me:pw@10.0.0.1:8080 refused", "http://[redacted]@10.0.0.1:8080 refused");
        check(
            r#"{"url":"https:\/\/v.example\/a?a=1\u0026b=2","n":1}"#,
            r#"{"url":"https:\/\/v.example\/a?[redacted]","n":1}"#,
        );
        check(
            r#"{\"url\":\"https://v.example/a?a=1\\u0026b=2\",\"n\":1}"#,
            r#"{\"url\":\"https://v.example/a?[redacted]\",\"n\":1}"#,
        );
        check("https://v.example/a#access=1", "https://v.example/a#[redacted]");
    }

    #[test]
    fn the_two_fields_are_scrubbed_at_any_depth() {
        check(r#"{"user_id":"u\"1","link":"x"}"#, r#"{"user_id":"[redacted]","link":"x"}"#);
        check(r#"{"user_id":"u\\","n":1}"#, r#"{"user_id":"[redacted]","n":1}"#);
        check(r#"{\"user_id\":\"u\\\\\",\"n\":1}"#, r#"{\"user_id\":\"[redacted]\",\"n\":1}"#);
        check("{'user_id': 'u1', 'n': 1}", "{'user_id': '[redacted]', 'n': 1}");
        check(r#"{"user_id": 42, "n":1}"#, r#"{"user_id": "[redacted]", "n":1}"#);
        check("user_id=abc&link=x", "user_id=[redacted]&link=x");
        check(
            r#"{"debug_url":"https://www.example/w?space_id=1"}"#,
            r#"{"debug_url":"[redacted]"}"#,
        );
        check(
            r#"{"d":"{\"debug_url\":\"https:\/\/w\",\"n\":1}"}"#,
            r#"{"d":"{\"debug_url\":\"[redacted]\",\"n\":1}"}"#,
        );
        check(
            r#"{\\\"user_id\\\":\\\"u1\\\",\\\"n\\\":1}"#,
            r#"{\\\"user_id\\\":\\\"[redacted]\\\",\\\"n\\\":1}"#,
        );
        check(r#"{"user_id":"cut off"#, r#"{"user_id":"[redacted]"#);
    }

    #[test]
    fn exact_values_are_scrubbed_in_every_form() {
        let secret = Secret::new("可ab/+c\"d#12345");
        for text in [
            secret.expose().to_owned(),
            serde_json::Value::from(secret.expose()).to_string(),
            url::form_urlencoded::byte_serialize(secret.expose().as_bytes()).collect(),
        ] {
            let scrubbed = redact(&format!("x{text}y"), std::slice::from_ref(&secret));
            assert!(scrubbed.contains(REDACTED) && !scrubbed.contains("12345"), "{scrubbed}");
        }
    }

    #[test]
    fn a_short_value_is_scrubbed_only_where_it_stands_alone() {
        let secrets = [Secret::new("12345"), Secret::new("7")];
        assert_eq!(
            redact("用户12345, task 1123456 of 7", &secrets),
            "用户[redacted], task 1123456 of 7"
        );
    }

    #[test]
    fn a_secret_within_a_secret_leaves_no_rest() {
        let secrets = [Secret::new("canary-key-0123"), Secret::new("canary-key-0123-and-more")];
        assert_eq!(redact("canary-key-0123-and-more", &secrets), REDACTED);
    }

    proptest::proptest! {
        #[test]
        fn a_long_secret_never_stays(before in ".{0,40}", secret in "[!-~]{16,40}", after in ".{0,40}") {
            let text = format!("{before}{secret}{after}");
            let scrubbed = redact(&text, &[Secret::new(secret.clone())]);
            proptest::prop_assert!(!scrubbed.contains(&secret));
        }

        #[test]
        fn json_stays_json(user in ".{0,20}", url in "https://[a-z]{1,8}/[a-z?&=\"\\\\]{0,12}", note in ".{0,20}") {
            let text = serde_json::json!({ "user_id": user, "debug_url": url, "u": url, "n": note }).to_string();
            let nested = serde_json::json!({ "data": text }).to_string();
            for text in [text, nested] {
                let scrubbed = redact(&text, &[]);
                proptest::prop_assert!(serde_json::from_str::<serde_json::Value>(&scrubbed).is_ok(), "{}", scrubbed);
            }
        }
    }
}
