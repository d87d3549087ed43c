//! The write-ahead log as it lies on the disk (<https://www.sqlite.org/fileformat2.html#the_write_ahead_log>).
//!
//! SQLite takes a log up to its first bad frame and says nothing about the rest. Commits would be missing then without a
//! word, an intent to pay among them; so the rest is looked at here.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

#[derive(Default)]
pub(crate) struct Log {
    /// Bytes of a page; 0 where the head cannot be read.
    pub(crate) page_size: usize,
    /// Where each page's newest content is; none where that was damaged.
    pub(crate) pages: HashMap<u32, Option<u64>>,
    /// Pages of the database after the last commit.
    pub(crate) size: u32,
    /// Damaged before its end: commits are missing.
    pub(crate) broken: bool,
}

const HEAD: usize = 32;
const FRAME: usize = 24;

struct Frame {
    page: u32,
    /// Where its content begins.
    at: u64,
    /// Pages of the database, where it ends a commit.
    commit: u32,
    good: bool,
}

impl Log {
    /// None where there is no log, or an empty one.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        let length = file.metadata().ok()?.len();
        if length <= HEAD as u64 {
            return None;
        }
        let mut file = BufReader::with_capacity(256 * 1024, file);
        let mut head = [0; HEAD];
        file.read_exact(&mut head).ok()?;
        let Some((page_size, sum)) = understood(&head) else {
            return Some(Self { broken: true, ..Self::default() });
        };
        let (frames, broken) = frames(&mut file, page_size, &head, sum);
        let usable =
            if broken { frames.len() } else { frames.iter().take_while(|f| f.good).count() };
        let last = frames[..usable].iter().rposition(|frame| frame.good && frame.commit > 0);
        let mut log = Self { page_size, broken, ..Self::default() };
        let Some(last) = last else { return Some(log) };
        log.size = frames[last].commit;
        for frame in &frames[..=last] {
            log.pages.insert(frame.page, frame.good.then_some(frame.at));
        }
        Some(log)
    }
}

/// The page size and the sum that the frames continue.
fn understood(head: &[u8; HEAD]) -> Option<(usize, Sum)> {
    let magic = number(head, 0);
    let page_size = number(head, 8) as usize;
    let known = magic & !1 == 0x377F_0682 && number(head, 4) == 3_007_000;
    if !known || !page_size.is_power_of_two() || !(512..=65_536).contains(&page_size) {
        return None;
    }
    let mut sum = Sum { big_endian: magic & 1 == 1, parts: (0, 0) };
    sum.add(&head[..24]);
    (sum.parts == (number(head, 24), number(head, 28))).then_some((page_size, sum))
}

/// The frames of the log's last beginning, and whether a good one follows one that is not.
fn frames(
    file: &mut impl Read,
    page_size: usize,
    head: &[u8; HEAD],
    mut sum: Sum,
) -> (Vec<Frame>, bool) {
    let mut frames = Vec::new();
    let (mut chained, mut whole, mut broken) = (true, true, false);
    let mut buffer = vec![0; FRAME + page_size];
    let mut at = HEAD as u64;
    while file.read_exact(&mut buffer).is_ok() {
        let (frame, content) = buffer.split_at(FRAME);
        // What an earlier beginning left has another salt.
        if frame[8..16] == head[16..24] {
            let said = (number(frame, 16), number(frame, 20));
            sum.add(&frame[..8]);
            sum.add(content);
            let good = chained && sum.parts == said && number(frame, 0) > 0;
            broken |= good && !whole;
            whole &= good;
            // Each frame goes on from what the one before says of itself, so what follows a bad one can still be proven.
            sum.parts = said;
            chained = true;
            let (page, commit) = (number(frame, 0), number(frame, 4));
            frames.push(Frame { page, at: at + FRAME as u64, commit, good });
        } else {
            whole = false;
            chained = false;
        }
        at += buffer.len() as u64;
    }
    (frames, broken)
}

struct Sum {
    big_endian: bool,
    parts: (u32, u32),
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        for pair in bytes.chunks_exact(8) {
            let word = |at: usize| {
                let word = [pair[at], pair[at + 1], pair[at + 2], pair[at + 3]];
                if self.big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
            };
            let (first, second) = (word(0), word(4));
            self.parts.0 = self.parts.0.wrapping_add(first).wrapping_add(self.parts.1);
            self.parts.1 = self.parts.1.wrapping_add(second).wrapping_add(self.parts.0);
        }
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rusqlite::{Connection, config::DbConfig};

    use super::*;

    /// A log with one commit per row, as after a crash, and its page size.
    fn crashed(folder: &Path) -> std::path::PathBuf {
        let connection = Connection::open(folder.join("x.db")).unwrap();
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
        connection.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE x (y)").unwrap();
        for n in 0..20 {
            connection.execute("INSERT INTO x VALUES (?1)", [n]).unwrap();
        }
        folder.join("x.db-wal")
    }

    #[test]
    fn a_log_as_a_crash_leaves_it_is_whole_and_gives_every_page() {
        let folder = tempfile::tempdir().unwrap();
        let path = crashed(folder.path());
        let log = Log::read(&path).unwrap();
        assert!(!log.broken);
        assert_eq!((log.page_size, log.size), (4096, 2));
        assert!(log.pages.values().all(Option::is_some));

        // A write that was cut off: nobody was told that it is there.
        let bytes = fs::read(&path).unwrap();
        for cut in [1, 2000, 4100, 4119] {
            fs::write(&path, &bytes[..bytes.len() - cut]).unwrap();
            assert!(!Log::read(&path).unwrap().broken, "{cut}");
        }
        let mut torn = bytes.clone();
        let end = torn.len();
        torn[end - 4096..].fill(7);
        fs::write(&path, torn).unwrap();
        assert!(!Log::read(&path).unwrap().broken);
    }

    #[test]
    fn damage_before_the_end_of_a_log_is_seen_and_what_follows_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = crashed(folder.path());
        let bytes = fs::read(&path).unwrap();
        let frames = (bytes.len() - HEAD) / (FRAME + 4096);
        for frame in 0..frames - 2 {
            let mut damaged = bytes.clone();
            let begin = HEAD + frame * (FRAME + 4096);
            damaged[begin + FRAME..begin + FRAME + 4096].fill(0xA5);
            fs::write(&path, &damaged).unwrap();
            let log = Log::read(&path).unwrap();
            assert!(log.broken, "{frame}");
            assert_eq!(log.size, 2, "{frame}: the last commit is found");
            damaged[begin..begin + FRAME].fill(0xA5);
            fs::write(&path, &damaged).unwrap();
            assert!(Log::read(&path).unwrap().broken || frame + 3 >= frames, "{frame}");
        }
        fs::write(&path, vec![0x5A; 9000]).unwrap();
        assert!(Log::read(&path).unwrap().broken);
        fs::write(&path, []).unwrap();
        assert!(Log::read(&path).is_none());
    }
}
