//! The pages of a damaged file, read without SQLite, which gives up at the first broken one
//! (<https://www.sqlite.org/fileformat2.html>).
//!
//! A page is believed only as far as everything in it fits; nothing here writes.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use rusqlite::types::Value;

use super::log::Log;
use crate::replace::beside;

pub(crate) struct Pages {
    file: File,
    log: Option<(File, Log)>,
    size: usize,
    /// Without what is reserved at the end of each page.
    usable: usize,
    pub(crate) count: u32,
    /// The head of the file is as SQLite writes it.
    pub(crate) has_head: bool,
}

/// One row of a table.
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) values: Vec<Value>,
}

/// A page of a table.
pub(crate) enum Page {
    /// Its rows; none for one that cannot be read.
    Leaf(Vec<Option<Row>>),
    /// The pages below it.
    Interior(Vec<u32>),
    /// Of something else, or broken.
    Other,
}

const PAGE_SIZE: usize = 4096;

impl Pages {
    pub(crate) fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let log_path = beside(path, "-wal");
        let log = Log::read(&log_path).zip(File::open(&log_path).ok());
        let log = log.map(|(log, file)| (file, log));
        let length = file.metadata()?.len();
        let mut pages =
            Self { file, log, size: PAGE_SIZE, usable: PAGE_SIZE, count: 1, has_head: false };
        if let Some((_, log)) = &pages.log
            && log.page_size > 0
        {
            pages.size = log.page_size;
        }
        // The head first, as far as a page of the smallest size goes: it says how large pages are.
        let size = pages.size;
        let head = pages.page(1).or_else(|| {
            pages.size = 512;
            pages.page(1)
        });
        pages.size = size;
        if let Some(head) = head.filter(|head| head.starts_with(b"SQLite format 3\0")) {
            let said = match u16::from_be_bytes([head[16], head[17]]) {
                1 => 65_536,
                said => usize::from(said),
            };
            if said.is_power_of_two() && said >= 512 {
                pages.has_head = true;
                pages.size = said;
                pages.usable = said - usize::from(head[20]).min(said - 480);
            }
        }
        if !pages.has_head {
            pages.usable = pages.size;
        }
        let in_log = pages.log.as_ref().map_or(0, |(_, log)| log.size);
        pages.count = u32::try_from(length / pages.size as u64).unwrap_or(u32::MAX - 1).max(in_log);
        Ok(pages)
    }

    /// Commits are missing that the log once held.
    pub(crate) fn lacks_commits(&self) -> bool {
        self.log.as_ref().is_some_and(|(_, log)| log.broken)
    }

    pub(crate) fn page(&self, number: u32) -> Option<Vec<u8>> {
        if !(1..=self.count).contains(&number) {
            return None;
        }
        let mut page = vec![0; self.size];
        let read = |mut file: &File, at: u64, page: &mut [u8]| {
            file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(page)).ok()
        };
        match self.log.as_ref().and_then(|(file, log)| Some((file, log.pages.get(&number)?))) {
            Some((file, at)) => read(file, (*at)?, &mut page)?,
            None => read(&self.file, u64::from(number - 1) * self.size as u64, &mut page)?,
        }
        Some(page)
    }

    /// A number of the head, for instance the version at 60.
    pub(crate) fn head(&self, at: usize) -> Option<u32> {
        let page = self.page(1).filter(|_| self.has_head)?;
        number(&page, at)
    }

    /// Calls `each` for every row below `root`; a page counts once. False when anything below it cannot be read.
    pub(crate) fn walk(
        &self,
        root: u32,
        reached: &mut [bool],
        each: &mut dyn FnMut(Option<Row>),
    ) -> bool {
        let mut whole = true;
        let mut below = vec![root];
        while let Some(number) = below.pop() {
            let free = reached.get_mut(number as usize).filter(|reached| !**reached);
            match (free, self.table_page(number)) {
                (Some(reached), Page::Leaf(rows)) => {
                    *reached = true;
                    whole &= rows.iter().all(Option::is_some);
                    rows.into_iter().for_each(&mut *each);
                }
                (Some(reached), Page::Interior(children)) => {
                    *reached = true;
                    below.extend(children.into_iter().rev());
                }
                _ => whole = false,
            }
        }
        whole
    }

    pub(crate) fn table_page(&self, number: u32) -> Page {
        let Some(page) = self.page(number) else { return Page::Other };
        let begin = if number == 1 { 100 } else { 0 };
        match page[begin] {
            0x0D => self.leaf(&page, begin).map_or(Page::Other, Page::Leaf),
            0x05 => self.interior(&page, begin).map_or(Page::Other, Page::Interior),
            _ => Page::Other,
        }
    }

    /// Pages that hold nothing now, only what they once held; none where the list of them is broken.
    pub(crate) fn free(&self) -> Option<Vec<u32>> {
        let mut free = Vec::new();
        let (mut trunk, count) = (self.head(32)?, self.head(36)?);
        while trunk != 0 {
            let page = self.page(trunk)?;
            let leaves = number(&page, 4)? as usize;
            if leaves > self.usable / 4 - 2 || free.len() > self.count as usize {
                return None;
            }
            free.push(trunk);
            for leaf in 0..leaves {
                free.push(number(&page, 8 + 4 * leaf)?);
            }
            trunk = number(&page, 0)?;
        }
        let fits = free.iter().all(|page| (2..=self.count).contains(page));
        (fits && free.len() == count as usize).then_some(free)
    }

    fn leaf(&self, page: &[u8], begin: usize) -> Option<Vec<Option<Row>>> {
        let cells = self.cells(page, begin, 8)?;
        Some(cells.into_iter().map(|at| self.row(page, at?)).collect())
    }

    fn interior(&self, page: &[u8], begin: usize) -> Option<Vec<u32>> {
        let cells = self.cells(page, begin, 12)?;
        let mut children = Vec::with_capacity(cells.len() + 1);
        let mut last = i64::MIN;
        for at in cells {
            let at = at?;
            children.push(number(page, at)?);
            let (key, _) = varint(page, at + 4)?;
            if key <= last {
                return None;
            }
            last = key;
        }
        children.push(number(page, begin + 8)?);
        let known = |child: &u32| (2..=self.count).contains(child);
        // Noise may look like a page with one child; a real one has several.
        (children.len() > 1 && children.iter().all(known)).then_some(children)
    }

    /// Where the cells of a page begin; none for one that lies outside of it.
    fn cells(&self, page: &[u8], begin: usize, head: usize) -> Option<Vec<Option<usize>>> {
        let count = usize::from(short(page, begin + 3)?);
        let first = begin + head + 2 * count;
        if first > self.usable {
            return None;
        }
        let cell = |n| {
            let at = usize::from(short(page, begin + head + 2 * n)?);
            (first..self.usable).contains(&at).then_some(at)
        };
        Some((0..count).map(cell).collect())
    }

    fn row(&self, page: &[u8], at: usize) -> Option<Row> {
        let (length, at) = varint(page, at)?;
        let (id, at) = varint(page, at)?;
        let length = usize::try_from(length).ok()?;
        if length as u64 > u64::from(self.count) * self.size as u64 {
            return None;
        }
        let most = self.usable - 35;
        if length <= most {
            return Some(Row { id, values: record(page.get(at..at + length)?)? });
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let here = least + (length - least) % (self.usable - 4);
        let here = if here <= most { here } else { least };
        let mut payload = page.get(at..at + here)?.to_vec();
        let mut next = number(page, at + here)?;
        while payload.len() < length {
            let more = self.page(next).filter(|_| next > 1)?;
            let wanted = (length - payload.len()).min(self.usable - 4);
            payload.extend_from_slice(more.get(4..4 + wanted)?);
            next = number(&more, 0)?;
        }
        // The last of a chain says so; anything else is not the page that was written there.
        (next == 0).then_some(Row { id, values: record(&payload)? })
    }
}

/// The values of a record, if they fill it exactly and its texts are texts.
fn record(payload: &[u8]) -> Option<Vec<Value>> {
    let (head, mut at) = varint(payload, 0)?;
    let mut body = usize::try_from(head).ok()?;
    let head = payload.get(..body)?;
    let mut values = Vec::new();
    while at < head.len() {
        let (kind, next) = varint(head, at)?;
        at = next;
        let size = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            12.. => usize::try_from((kind - 12) / 2).ok()?,
            _ => return None,
        };
        let bytes = payload.get(body..body.checked_add(size)?)?;
        body += size;
        values.push(match kind {
            0 => Value::Null,
            1..=6 => Value::Integer(integer(bytes)),
            7 => Value::Real(f64::from_be_bytes(bytes.try_into().ok()?)),
            8 | 9 => Value::Integer(kind - 8),
            kind if kind % 2 == 0 => Value::Blob(bytes.to_vec()),
            _ => Value::Text(String::from_utf8(bytes.to_vec()).ok()?),
        });
    }
    (at == head.len() && body == payload.len()).then_some(values)
}

fn integer(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    bytes.iter().fold(if negative { -1 } else { 0 }, |number, byte| number << 8 | i64::from(*byte))
}

/// A number of one to nine bytes, and where the next thing begins.
fn varint(bytes: &[u8], mut at: usize) -> Option<(i64, usize)> {
    let mut number = 0_i64;
    for place in 0..9 {
        let byte = *bytes.get(at)?;
        at += 1;
        if place == 8 {
            return Some((number << 8 | i64::from(byte), at));
        }
        number = number << 7 | i64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some((number, at))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn every_row_is_read_as_sqlite_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE x (id INTEGER PRIMARY KEY, t TEXT, b BLOB, i INTEGER);
                 WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 3000)
                 INSERT INTO x SELECT (n - 7) * 1000003, iif(n % 5, '文案' || n || hex(zeroblob(n * 3)), NULL),
                   randomblob(n % 100 * n % 9000), (1 << (n % 63)) * iif(n % 2, 1, -1) FROM n;
                 DELETE FROM x WHERE id % 4 = 0",
            )
            .unwrap();
        let root: u32 = connection
            .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'x'", [], |row| row.get(0))
            .unwrap();
        let mut rows = Vec::new();
        let pages = Pages::open(&path).unwrap();
        let mut reached = vec![false; pages.count as usize + 1];
        assert!(pages.walk(root, &mut reached, &mut |row| rows.push(row.unwrap())));

        let mut statement = connection.prepare("SELECT * FROM x ORDER BY id").unwrap();
        let mut asked = statement.query([]).unwrap();
        let mut read = rows.iter();
        while let Some(row) = asked.next().unwrap() {
            let found = read.next().unwrap();
            assert_eq!(found.id, row.get::<_, i64>(0).unwrap());
            for column in 1..4 {
                assert_eq!(found.values[column], row.get::<_, Value>(column).unwrap());
            }
        }
        assert!(read.next().is_none());
        let free: u32 =
            connection.pragma_query_value(None, "freelist_count", |r| r.get(0)).unwrap();
        let listed = pages.free().unwrap();
        assert_eq!(listed.len(), free as usize);
        assert!(free > 0 && listed.iter().all(|page| !reached[*page as usize]));
    }

    #[test]
    fn noise_gives_no_rows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let mut state = 1_u64;
        let mut noise = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as u8
        };
        let mut bytes: Vec<u8> = (0..4096 * 600).map(|_| noise()).collect();
        for page in bytes.chunks_mut(4096) {
            page[0] = if page[1] % 2 == 0 { 0x0D } else { 0x05 };
            (page[3], page[4]) = (0, page[4] % 40);
        }
        std::fs::write(&path, bytes).unwrap();
        let pages = Pages::open(&path).unwrap();
        for number in 1..=pages.count {
            let rows = match pages.table_page(number) {
                Page::Leaf(rows) => rows.iter().flatten().count(),
                Page::Interior(_) => panic!("{number}"),
                Page::Other => 0,
            };
            assert!(rows <= 1, "{number}: {rows}");
        }
    }
}
