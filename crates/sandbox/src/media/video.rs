//! One short video for all, made a file of its own, and as large as one likes, by an EBML Void element at its end.

use axum::body::Bytes;

use super::delivery::{File, Padding};

/// Four seconds of colours, VP8, without sound; made for this.
const COLOURS: &[u8] = include_bytes!("../../data/colours.webm");
/// The id of a Void element, whose content readers skip (RFC 8794, section 11.3.2).
const VOID: u8 = 0xec;
/// The id and a length in eight bytes.
const VOID_HEAD: usize = 9;
/// Enough to tell the files of two seeds apart.
const LEAST_PADDING: u64 = 32;

/// The video of a seed, of exactly so many mebibytes if asked for.
pub(super) fn file(seed: u64, version: u64, mebibytes: Option<u64>, etag: String) -> File {
    let beginning = (COLOURS.len() + VOID_HEAD) as u64;
    let padding = mebibytes.map_or(LEAST_PADDING, |mebibytes| mebibytes * 1024 * 1024 - beginning);
    let mut head = Vec::with_capacity(COLOURS.len() + VOID_HEAD);
    head.extend_from_slice(COLOURS);
    head.push(VOID);
    // The marker of an eight-byte length stands in its highest byte.
    head.extend_from_slice(&(padding | 1 << 56).to_be_bytes());
    let etag = format!("{etag}-{}", beginning + padding);
    File::new("video/webm", Bytes::from(head), etag)
        .with_padding(Padding { length: padding, seed: seed ^ version << 32 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_padding_is_one_void_element_up_to_the_end() {
        let file = file(7, 0, Some(1), String::new());
        assert_eq!(file.length(), 1024 * 1024);
        let all = file.bytes(0, file.length());
        assert_eq!(all.len(), 1024 * 1024);
        let at = COLOURS.len();
        assert_eq!((all[at], all[at + 1]), (0xec, 1));
        let mut length = [0; 8];
        length[1..].copy_from_slice(&all[at + 2..at + 9]);
        assert_eq!(u64::from_be_bytes(length), (all.len() - at - 9) as u64);
    }
}
