//! Answers as they came, so that a better parser can read them later.

use std::io::{Read, Write as _};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use shiwen_core::{TaskId, Timestamp};

use crate::{Store, StoreError, write::Write};

/// A provider's answer. Its body has been redacted by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawAnswer {
    /// `create`, `status` or `result`.
    pub asked: &'static str,
    pub http_status: u16,
    pub body: Vec<u8>,
}

/// Longest body that is unpacked again.
const LONGEST: u64 = 64 * 1024 * 1024;

impl RawAnswer {
    pub(crate) fn keep(
        &self,
        write: &Write<'_>,
        id: TaskId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
        // Writing to memory cannot fail; an empty body would only be less to read later.
        let _ = packed.write_all(&self.body);
        let packed = packed.finish().unwrap_or_default();
        let sql = "INSERT INTO answers (task_id, asked, http_status, body, received_at) VALUES (?1, ?2, ?3, ?4, ?5)";
        write.tx.prepare_cached(sql)?.execute((
            id.0,
            self.asked,
            self.http_status,
            packed,
            now.0,
        ))?;
        Ok(())
    }
}

impl Store {
    /// The bodies kept for a task, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn answers(&self, id: TaskId) -> Result<Vec<Vec<u8>>, StoreError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT body FROM answers WHERE task_id = ?1 ORDER BY id")?;
            let packed = statement
                .query_map([id.0], |row| row.get::<_, Vec<u8>>(0))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(packed.iter().map(|body| unpack(body)).collect())
        })
    }
}

fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    // A damaged body gives what can still be read of it.
    let _ = DeflateDecoder::new(packed).take(LONGEST).read_to_end(&mut body);
    body
}
