//! One spelling per video id, where a platform has several.

use crate::Platform;

/// The id as it stands in keys. Bilibili's av and BV numbers are two spellings of one number, and Xiaohongshu's ids are
/// hexadecimal in either case.
pub(crate) fn one_spelling(platform: Platform, id: &str) -> String {
    match platform {
        Platform::Bilibili => bvid(id).unwrap_or_else(|| id.to_owned()),
        Platform::Xiaohongshu => id.to_ascii_lowercase(),
        _ => id.to_owned(),
    }
}

/// The BV spelling of an av number. The two are converted by a fixed public rule (SocialSisterYi/bilibili-API-collect,
/// `docs/misc/bvid_desc.md`).
fn bvid(id: &str) -> Option<String> {
    const ALPHABET: &[u8; 58] = b"FcwAPNKTMug3GV5Lj7EJnHpWsx4tb8haYeviqBz6rkCy12mUSDQX9RdoZf";
    const XOR: u64 = 23_442_827_791_579;
    const MOST: u64 = 1 << 51;

    let number: u64 = id.strip_prefix("av").or_else(|| id.strip_prefix("AV"))?.parse().ok()?;
    if number == 0 || number >= MOST {
        return None;
    }
    let mut spelled = *b"BV1000000000";
    let mut left = (MOST | number) ^ XOR;
    for at in (3..spelled.len()).rev() {
        if left == 0 {
            break;
        }
        spelled[at] = ALPHABET[usize::try_from(left % 58).ok()?];
        left /= 58;
    }
    spelled.swap(3, 9);
    spelled.swap(4, 7);
    String::from_utf8(spelled.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn av_and_bv_numbers_of_a_video_are_one() {
        for (av, bv) in
            [("av170001", "BV17x411w7KC"), ("av2", "BV1xx411c7mD"), ("AV170001", "BV17x411w7KC")]
        {
            assert_eq!(one_spelling(Platform::Bilibili, av), bv);
        }
        for other in ["BV17x411w7KC", "ep12345", "avx", "av0", "av99999999999999999999"] {
            assert_eq!(one_spelling(Platform::Bilibili, other), other);
        }
    }

    #[test]
    fn hexadecimal_ids_have_one_case() {
        assert_eq!(one_spelling(Platform::Xiaohongshu, "65F0AA"), "65f0aa");
        assert_eq!(one_spelling(Platform::Douyin, "MS4wLjAB"), "MS4wLjAB");
    }
}
