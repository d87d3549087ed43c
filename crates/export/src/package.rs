//! A package of Office with one part left open, into which what is many is streamed.
//!
//! Libraries for these formats hold every row and every paragraph in memory until the end, and bring more code than the
//! rest of the exports together. What our documents need besides their rows is a few short parts.

use std::io::{self, Seek, Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// What each part begins with.
pub(crate) const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

pub(crate) struct Package<W: Write + Seek> {
    zip: ZipWriter<W>,
    /// What the part ends with.
    tail: &'static str,
}

impl<W: Write + Seek> Package<W> {
    /// Writes the whole `parts`, then of the part `open` its `head`.
    pub(crate) fn open(
        parts: &[(&str, &str)],
        open: &str,
        (head, tail): (&str, &'static str),
        out: W,
    ) -> io::Result<Self> {
        let mut zip = ZipWriter::new(out);
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, content) in parts.iter().copied().chain([(open, head)]) {
            zip.start_file(name, options)?;
            zip.write_all(XML.as_bytes())?;
            zip.write_all(content.as_bytes())?;
        }
        Ok(Self { zip, tail })
    }

    pub(crate) fn write(&mut self, xml: &str) -> io::Result<()> {
        self.zip.write_all(xml.as_bytes())
    }

    pub(crate) fn close(mut self) -> io::Result<W> {
        self.zip.write_all(self.tail.as_bytes())?;
        Ok(self.zip.finish()?)
    }
}

/// The text with what XML would read as markup written out. Control characters are gone before: XML 1.0 has no words for them.
pub(crate) fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
}
