//! Our own JSON, the only format that can be read again: `{"shiwen": 1, "exported_at": …, "tasks": [ … ]}`.

use std::io::{self, Write};

use shiwen_core::Timestamp;

use crate::{Exported, Wording};

/// The form of the file. A program that does not know it leaves the file alone.
pub(crate) const VERSION: u64 = 1;

pub(crate) struct Json<W> {
    out: W,
    is_first: bool,
}

impl<W: Write> Json<W> {
    pub(crate) fn new(at: Timestamp, wording: &Wording, mut out: W) -> io::Result<Self> {
        let at = wording.zoned(at).map(|at| at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
        let at = serde_json::to_string(&at)?;
        // The version comes first: who reads knows it before the tasks.
        write!(out, "{{\"shiwen\":{VERSION},\"exported_at\":{at},\"tasks\":[")?;
        Ok(Self { out, is_first: true })
    }

    pub(crate) fn add(&mut self, task: &Exported) -> io::Result<()> {
        let between: &[u8] = if self.is_first { b"\n" } else { b",\n" };
        self.is_first = false;
        self.out.write_all(between)?;
        serde_json::to_writer(&mut self.out, task).map_err(io::Error::from)
    }

    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.out.write_all(b"\n]}\n")?;
        Ok(self.out)
    }
}
