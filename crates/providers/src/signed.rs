//! Until when a signed address works, where it says so itself.

use shiwen_core::Timestamp;
use url::Url;

use crate::{calendar, lenient};

/// Prefixes of a signing time and its life in seconds: ByteDance, Amazon, Google, Alibaba.
const SCHEMES: [&str; 4] = ["x-tos", "x-amz", "x-goog", "x-oss"];
/// Names of an end in seconds since 1970.
const ENDS: [&str; 4] = ["expires", "x-expires", "x-orig-expires", "deadline"];
/// Seconds since 1970 that can be meant: from 2001 to 5138.
const PLAUSIBLE: std::ops::Range<i64> = 1_000_000_000..100_000_000_000;

/// When the address stops working; none where it names no end, which does not mean that it has none.
pub fn signed_until(url: &str) -> Option<Timestamp> {
    let url = Url::parse(lenient::web_address(url)?).ok()?;
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
        .collect();
    let value = |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.as_str());
    let from_life = SCHEMES.iter().filter_map(|scheme| {
        let signed = calendar::basic_time(value(&format!("{scheme}-date"))?)?;
        let life_s: u32 = value(&format!("{scheme}-expires"))?.parse().ok()?;
        Some(Timestamp(signed.0 + i64::from(life_s) * 1_000))
    });
    let from_end = ENDS.iter().filter_map(|name| {
        let end_s: i64 = value(name)?.parse().ok()?;
        PLAUSIBLE.contains(&end_s).then(|| Timestamp(end_s * 1_000))
    });
    from_life.chain(from_end).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(query: &str) -> Option<i64> {
        signed_until(&format!("https://media.example.com/x.mp4?{query}")).map(|time| time.0)
    }

    #[test]
    fn a_life_counts_from_the_signing_time() {
        for scheme in ["X-Tos", "X-Amz", "X-Goog", "x-oss"] {
            let query = format!("{scheme}-Date=20260203T040600Z&a=1&{scheme}-Expires=86400");
            assert_eq!(until(&query), Some(1_770_177_960_000), "{scheme}");
        }
    }

    #[test]
    fn an_end_may_be_named_by_itself() {
        for name in ["Expires", "x-expires", "x-orig-expires", "deadline"] {
            assert_eq!(until(&format!("{name}=1770177960")), Some(1_770_177_960_000), "{name}");
        }
    }

    #[test]
    fn the_earliest_end_counts() {
        let query = "X-Tos-Date=20260203T040600Z&X-Tos-Expires=86400&x-expires=1770091600";
        assert_eq!(until(query), Some(1_770_091_600_000));
    }

    #[test]
    fn an_address_without_a_readable_end_names_none() {
        for query in [
            "",
            "X-Tos-Expires=86400",
            "X-Tos-Date=20260203T040600Z",
            "Expires=3600",
            "Expires=soon",
            "X-Tos-Date=today&X-Tos-Expires=86400",
            "X-Amz-Date=20260203T040600Z&X-Tos-Expires=86400",
            "X-Tos-Date=20260203T040600Z&X-Tos-Expires=-1",
            "expires=99999999999999999999",
        ] {
            assert_eq!(until(query), None, "{query}");
        }
        assert_eq!(signed_until("no address?Expires=1770177960"), None);
    }
}
