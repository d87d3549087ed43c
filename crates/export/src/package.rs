//! A package of Office with one part left open: a library makes the other parts, and what is many is streamed into it.
//!
//! The libraries hold every row and every paragraph in memory until the end, or panic where a disk is full. Here only
//! the shell is theirs.

use std::io::{self, Cursor, Read, Seek, Write};

use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

pub(crate) struct Package<W: Write + Seek> {
    zip: ZipWriter<W>,
    /// What the open part ends with.
    tail: String,
}

impl<W: Write + Seek> Package<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { zip: ZipWriter::new(out), tail: String::new() }
    }

    /// Writes the shell with all its parts but one, and of that one what `cut` leaves before the opening.
    pub(crate) fn open(
        shell: Vec<u8>,
        part: &str,
        out: W,
        cut: impl FnOnce(&str) -> Option<(String, String)>,
    ) -> io::Result<Self> {
        let mut shell = ZipArchive::new(Cursor::new(shell))?;
        let mut package = Self::new(out);
        let mut open = String::new();
        for index in 0..shell.len() {
            let is_open = shell.by_index_raw(index)?.name() == part;
            if is_open {
                shell.by_index(index)?.read_to_string(&mut open)?;
            } else {
                package.zip.raw_copy_file(shell.by_index_raw(index)?)?;
            }
        }
        let (head, tail) = cut(&open)
            .ok_or_else(|| io::Error::other("the library makes another form of this part"))?;
        package.begin(part)?;
        package.write(head.as_bytes())?;
        package.tail = tail;
        Ok(package)
    }

    /// Writes a whole part.
    pub(crate) fn add(&mut self, name: &str, part: &[u8]) -> io::Result<()> {
        self.begin(name)?;
        self.write(part)
    }

    /// Opens a part, and closes the one before.
    pub(crate) fn begin(&mut self, name: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        Ok(self.zip.start_file(name, options)?)
    }

    /// Goes on with the open part.
    pub(crate) fn write(&mut self, xml: &[u8]) -> io::Result<()> {
        self.zip.write_all(xml)
    }

    pub(crate) fn close(mut self) -> io::Result<W> {
        self.zip.write_all(self.tail.as_bytes())?;
        Ok(self.zip.finish()?)
    }
}
