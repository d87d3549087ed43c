//! What a media file is by its first bytes. What a host says of it is not to be trusted.

/// What somebody was promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileClass {
    Video,
    Image,
    Audio,
}

/// A kind of file that Shiwen takes from a stranger. SVG is none: it can hold scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileKind {
    pub class: FileClass,
    pub media_type: &'static str,
    /// The ending of its name, without the dot.
    pub ending: &'static str,
}

/// Bytes that are enough to know every kind.
pub(crate) const HEAD: usize = 64;

use FileClass::{Audio, Image, Video};

const fn kind(class: FileClass, media_type: &'static str, ending: &'static str) -> FileKind {
    FileKind { class, media_type, ending }
}

impl FileKind {
    /// The kind of a file that begins with these bytes; 64 are enough. None for everything else: pages, JSON, texts.
    pub fn of(head: &[u8]) -> Option<Self> {
        Some(match head {
            [0x89, b'P', b'N', b'G', ..] => kind(Image, "image/png", "png"),
            [0xFF, 0xD8, 0xFF, ..] => kind(Image, "image/jpeg", "jpg"),
            [b'G', b'I', b'F', b'8', ..] => kind(Image, "image/gif", "gif"),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
                kind(Image, "image/webp", "webp")
            }
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => {
                kind(Audio, "audio/wav", "wav")
            }
            [b'O', b'g', b'g', b'S', ..] => kind(Audio, "audio/ogg", "ogg"),
            [b'f', b'L', b'a', b'C', ..] => kind(Audio, "audio/flac", "flac"),
            [b'I', b'D', b'3', ..] | [0xFF, 0xFB | 0xFA | 0xF3 | 0xF2, ..] => {
                kind(Audio, "audio/mpeg", "mp3")
            }
            [0xFF, 0xF1 | 0xF9, ..] => kind(Audio, "audio/aac", "aac"),
            [0x1A, 0x45, 0xDF, 0xA3, ..] if contains(head, b"matroska") => {
                kind(Video, "video/x-matroska", "mkv")
            }
            [0x1A, 0x45, 0xDF, 0xA3, ..] => kind(Video, "video/webm", "webm"),
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => of_brand(brand)?,
            // QuickTime files from before there were brands.
            [_, _, _, _, b'm', b'o', b'o', b'v', ..]
            | [_, _, _, _, b'm', b'd', b'a', b't', ..]
            | [_, _, _, _, b'w', b'i', b'd', b'e', ..] => kind(Video, "video/quicktime", "mov"),
            _ => return None,
        })
    }

    /// The kind of such a file where this class was promised; none where it is something else. Containers of videos
    /// can hold music alone.
    pub fn promised(head: &[u8], class: FileClass) -> Option<Self> {
        let found = Self::of(head)?;
        match (class, found.media_type) {
            (Audio, "video/mp4") => Some(kind(Audio, "audio/mp4", "m4a")),
            (Audio, "video/webm") => Some(kind(Audio, "audio/webm", "webm")),
            _ => (found.class == class).then_some(found),
        }
    }
}

/// The major brand of an ISO file (`ftyp`).
fn of_brand(brand: &[u8]) -> Option<FileKind> {
    Some(match brand.get(..4)? {
        b"qt  " => kind(Video, "video/quicktime", "mov"),
        b"M4A " | b"M4B " => kind(Audio, "audio/mp4", "m4a"),
        b"avif" | b"avis" => kind(Image, "image/avif", "avif"),
        b"heic" | b"heix" | b"mif1" | b"msf1" => kind(Image, "image/heic", "heic"),
        _ => kind(Video, "video/mp4", "mp4"),
    })
}

fn contains(head: &[u8], word: &[u8]) -> bool {
    head.windows(word.len()).any(|bytes| bytes == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        let ebml =
            b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84";
        let webm = [&ebml[..], b"webm"].concat();
        let matroska = [&ebml[..], b"matroska"].concat();
        for (head, ending) in [
            (&b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2"[..], Some("mp4")),
            (b"\0\0\0\x14ftypqt  ", Some("mov")),
            (b"\0\0\0\x1cftypM4A ", Some("m4a")),
            (b"\0\0\0\x1cftypavif", Some("avif")),
            (b"\0\0\0\x08wide\0\0\0\0mdat", Some("mov")),
            (&webm, Some("webm")),
            (&matroska, Some("mkv")),
            (b"\x89PNG\r\n\x1a\n", Some("png")),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some("jpg")),
            (b"GIF89a", Some("gif")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("webp")),
            (b"RIFF\0\0\0\0WAVEfmt ", Some("wav")),
            (b"ID3\x04", Some("mp3")),
            (b"\xff\xfb\x90", Some("mp3")),
            (b"OggS\0", Some("ogg")),
            (b"<!doctype html>", None),
            (b"{\"code\":403}", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"#EXTM3U", None),
            (b"\0\0\0\x20ftyp", None),
            (b"", None),
        ] {
            assert_eq!(FileKind::of(head).map(|kind| kind.ending), ending, "{head:?}");
        }
    }

    #[test]
    fn only_the_promised_class_is_taken() {
        let mp4 = b"\0\0\0\x20ftypisom";
        let ending = |head, class| FileKind::promised(head, class).map(|kind| kind.ending);
        assert_eq!(ending(mp4, Video), Some("mp4"));
        assert_eq!(ending(mp4, Audio), Some("m4a"));
        assert_eq!(ending(mp4, Image), None);
        assert_eq!(ending(b"\x89PNG\r\n\x1a\n", Video), None);
        assert_eq!(ending(b"ID3\x04", Audio), Some("mp3"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_strange(head in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
            let kind = FileKind::of(&head);
            proptest::prop_assert!(kind.is_none_or(|kind| !kind.ending.is_empty()));
        }
    }
}
