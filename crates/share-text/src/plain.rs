//! The plain address of a link: `https`, lower-case host, no tracking.

use crate::pattern::parameter;

/// Parameters that only track, on every site.
const TRACKING: &[&str] =
    &["share_token", "share_from", "isappinstalled", "wxshare_count", "tt_from", "timestamp", "ts"];

/// A plain address of the table, filled in with the id and the parameters it keeps.
pub(crate) fn filled(plain: &str, id: &str, query: Option<&str>) -> String {
    let (address, kept) = match plain.split_once('?') {
        // The id itself may be a parameter.
        Some((address, kept)) if !address.contains('<') => {
            let len = kept.find('&').unwrap_or(kept.len());
            (&plain[..address.len() + 1 + len], kept[len..].trim_start_matches('&'))
        }
        Some(parts) => parts,
        None => (plain, ""),
    };
    let (before, behind) = address.split_once("<>").unwrap_or((address, ""));
    let mut filled = String::with_capacity(plain.len() + id.len());
    filled.push_str(before);
    encode(&mut filled, id, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'));
    filled.push_str(behind);
    for name in kept.split('&').filter(|name| !name.is_empty()) {
        if let Some(value) =
            query.and_then(|query| parameter(query, name)).filter(|v| !v.is_empty())
        {
            append(&mut filled, name, value);
        }
    }
    filled
}

/// The link's own host and path with the parameters in `needed`.
pub(crate) fn address(host: &str, path: &str, query: Option<&str>, needed: &[&str]) -> String {
    kept(host, path, query, |name| needed.contains(&name))
}

/// A link to a site that is not known: only what tracks everywhere is dropped. A fragment can name the page there.
pub(crate) fn foreign_address(
    host: &str,
    path: &str,
    query: Option<&str>,
    fragment: &str,
) -> String {
    let tracks = |name: &str| name.starts_with("utm_") || TRACKING.contains(&name);
    kept(host, path, query, |name| !tracks(name)) + fragment
}

fn kept(host: &str, path: &str, query: Option<&str>, keep: impl Fn(&str) -> bool) -> String {
    const SCHEME: &str = "https://";
    let mut address = String::with_capacity(SCHEME.len() + host.len() + path.len());
    address.push_str(SCHEME);
    address.push_str(host);
    encode(&mut address, path.trim_end_matches('/'), |c| c.is_ascii());
    for pair in query.into_iter().flat_map(|query| query.split('&')) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !name.is_empty() && keep(name) {
            append(&mut address, name, value);
        }
    }
    address
}

fn append(address: &mut String, name: &str, value: &str) {
    address.push(if address.contains('?') { '&' } else { '?' });
    address.push_str(name);
    if !value.is_empty() {
        address.push('=');
        address.push_str(value);
    }
}

/// Adds the text, every character that is not kept percent-encoded.
fn encode(out: &mut String, text: &str, keep: impl Fn(char) -> bool) {
    for c in text.chars() {
        if keep(c) {
            out.push(c);
        } else {
            c.encode_utf8(&mut [0; 4]).bytes().for_each(|b| *out += &format!("%{b:02X}"));
        }
    }
}

/// Undoes percent-encoding where the result is text; otherwise leaves it.
pub(crate) fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = (first == b'%').then(|| text_of(after)).flatten();
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    let readable = |text: &String| !text.chars().any(char::is_control);
    String::from_utf8(bytes).ok().filter(readable).unwrap_or_else(|| text.to_owned())
}

fn text_of(hex: &[u8]) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(*hex.first()?)? * 16 + digit(*hex.get(1)?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_address_keeps_what_is_needed_and_nothing_else() {
        let video = |query| filled("https://b.cn/video/<>?p&t", "7", Some(query));
        assert_eq!(video("spm=1&t=9&p=2"), "https://b.cn/video/7?p=2&t=9");
        assert_eq!(video("spm=1"), "https://b.cn/video/7");
        assert_eq!(
            filled("https://y.cn/watch?v=<>&t", "7", Some("t=3&v=7")),
            "https://y.cn/watch?v=7&t=3"
        );
        assert_eq!(address("b.cn", "/x/", Some("a=1&b=2"), &["b"]), "https://b.cn/x?b=2");
        assert_eq!(
            foreign_address("b.cn", "/x", Some("utm_a=1&b=2&ts=3"), "#c"),
            "https://b.cn/x?b=2#c"
        );
    }

    #[test]
    fn an_id_is_decoded_where_that_gives_text() {
        assert_eq!(decoded("1034%3A55"), "1034:55");
        assert_eq!(decoded("%E7%8C%AB"), "猫");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%FF"), "%FF");
    }
}
